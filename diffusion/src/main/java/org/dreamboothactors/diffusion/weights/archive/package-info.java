/** Tar and zip archives as maps of a file: where a member lies, never its content. Nothing is unpacked to disk. */
@NullMarked
package org.dreamboothactors.diffusion.weights.archive;

import org.jspecify.annotations.NullMarked;
