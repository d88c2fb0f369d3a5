/** From nothing to a base model that draws the toy world: pictures, recipe, the phases of training, and the model card. */
@NullMarked
package org.dreamboothactors.toyworld.pretraining;

import org.jspecify.annotations.NullMarked;
