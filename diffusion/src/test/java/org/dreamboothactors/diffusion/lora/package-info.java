@NullMarked
package org.dreamboothactors.diffusion.lora;

import org.jspecify.annotations.NullMarked;
