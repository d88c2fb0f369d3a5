/** A judge of pictures: whether one shows what a text says, and whether two show the same subject. */
@NullMarked
package org.dreamboothactors.diffusion.judging;

import org.jspecify.annotations.NullMarked;
