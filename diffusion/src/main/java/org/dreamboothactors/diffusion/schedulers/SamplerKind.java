package org.dreamboothactors.diffusion.schedulers;

import java.util.Arrays;
import java.util.List;

/** The samplers this project has, by the names that settings and cases use. */
public enum SamplerKind {
    /** Ancestral sampling of Ho et al. 2020; stochastic. */
    DDPM("ddpm"),
    /** Song et al. 2020; stochastic where eta is above 0. */
    DDIM("ddim"),
    /** Linear multistep of Liu et al. 2022, one more pass through the model than steps. */
    PNDM("pndm"),
    /** {@link #PNDM} without Runge-Kutta steps, whatever the scheduler's configuration says: NeMo's default. */
    PLMS("plms"),
    /** DPM-Solver++ of Lu et al. 2022; with Karras sigmas where the scheduler's configuration asks for them. */
    DPMPP_2M("dpmpp_2m"),
    /** {@link #DPMPP_2M} over the sigmas of Karras et al. 2022, whatever the scheduler's configuration says. */
    DPMPP_2M_KARRAS("dpmpp_2m_karras"),
    /** Euler's method of Karras et al. 2022, algorithm 2 without churn. */
    EULER("euler"),
    /** Euler's method with noise put back after each step; stochastic. */
    EULER_A("euler_a");

    private final String label;

    SamplerKind(String label) {
        this.label = label;
    }

    /** The sampler of that name. */
    public static SamplerKind of(String label) {
        for (SamplerKind kind : values()) {
            if (kind.label.equals(label)) {
                return kind;
            }
        }
        List<String> known = Arrays.stream(values()).map(SamplerKind::label).toList();
        throw new UnsupportedOperationException("Cannot use sampler " + label + ": it is not known, expected one of "
                + String.join(", ", known) + ". Choose one of them.");
    }

    public String label() {
        return label;
    }

    /**
     * A sampler for one pass.
     *
     * @param steps 1 to the number of training timesteps
     * @param eta share of ancestral noise, 0 to 1; only {@link #DDIM} has it, the others do not look at it
     */
    public Sampler start(SchedulerSettings settings, int steps, double eta) {
        int trained = settings.steps();
        if (steps < 1 || steps > trained) {
            throw new IllegalArgumentException("Cannot sample in " + steps + " steps: the number is out of range,"
                    + " expected 1 to " + trained + ". Choose fewer steps.");
        }
        return switch (this) {
            case DDPM -> new DdpmSampler(settings, steps);
            case DDIM -> new DdimSampler(settings, steps, eta);
            case PNDM -> new PndmSampler(settings, steps);
            case PLMS -> new PndmSampler(settings.with("skip_prk_steps", true), steps);
            case DPMPP_2M -> new DpmSolverMultistepSampler(settings, steps);
            case DPMPP_2M_KARRAS ->
                new DpmSolverMultistepSampler(
                        settings.with("use_karras_sigmas", true).with("use_exponential_sigmas", false), steps);
            case EULER -> new EulerSampler(settings, steps);
            case EULER_A -> new EulerAncestralSampler(settings, steps);
        };
    }
}
