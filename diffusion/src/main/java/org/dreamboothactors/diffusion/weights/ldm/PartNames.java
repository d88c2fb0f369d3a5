package org.dreamboothactors.diffusion.weights.ldm;

/** From a part's diffusers names to those of the original files. */
@FunctionalInterface
interface PartNames {
    /** Where a parameter lies; throws for a name that a model of this kind does not have. */
    LdmPlace place(String diffusersName);
}
