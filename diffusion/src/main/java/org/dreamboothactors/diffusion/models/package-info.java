/** The models of Stable Diffusion, with diffusers' names for classes, settings and parameters. */
@NullMarked
package org.dreamboothactors.diffusion.models;

import org.jspecify.annotations.NullMarked;
