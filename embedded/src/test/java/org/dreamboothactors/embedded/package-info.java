@NullMarked
package org.dreamboothactors.embedded;

import org.jspecify.annotations.NullMarked;
