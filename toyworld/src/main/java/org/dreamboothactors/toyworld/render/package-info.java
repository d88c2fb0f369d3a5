/** From the description of a picture to its pixels: sphere tracing, coats, scenery, light. */
@NullMarked
package org.dreamboothactors.toyworld.render;

import org.jspecify.annotations.NullMarked;
