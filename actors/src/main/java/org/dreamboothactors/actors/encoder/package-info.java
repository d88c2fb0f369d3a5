/** Photos and class images to VAE moments, computed once per content. */
@NullMarked
package org.dreamboothactors.actors.encoder;

import org.jspecify.annotations.NullMarked;
