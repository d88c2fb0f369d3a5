/** Runs reference cases through the classes that the product itself uses. */
@NullMarked
package org.dreamboothactors.diffusion.conformance;

import org.jspecify.annotations.NullMarked;
