package org.dreamboothactors.diffusion.schedulers;

/** How the noise levels of a pass are spread between the largest and the least. */
enum SigmaSpread {
    /** Those of the timesteps that the spacing chooses. */
    TRAINED,
    /** Closest where there is little noise (Karras et al. 2022, equation 5). */
    KARRAS,
    /** Each the same share of the one before, {@code use_exponential_sigmas} of diffusers. */
    EXPONENTIAL
}
