/** Text to the token ids that CLIP was trained on. */
@NullMarked
package org.dreamboothactors.diffusion.tokenizer;

import org.jspecify.annotations.NullMarked;
