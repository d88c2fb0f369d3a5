/** Pictures: class images in fixed groups shared by content, and samples. */
@NullMarked
package org.dreamboothactors.actors.inference;

import org.jspecify.annotations.NullMarked;
