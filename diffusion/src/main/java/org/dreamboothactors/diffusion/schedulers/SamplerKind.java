package org.dreamboothactors.diffusion.schedulers;

import java.util.Arrays;
import java.util.List;

/** The samplers this project has, by the names that settings and cases use. */
public enum SamplerKind {
    DDPM("ddpm"),
    DDIM("ddim"),
    DPMPP_2M("dpmpp_2m");

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

    /** A sampler for one pass. */
    public Sampler start(SchedulerSettings settings, int steps, double eta) {
        int trained = settings.steps();
        if (steps < 1 || steps > trained) {
            throw new IllegalArgumentException("Cannot sample in " + steps + " steps: the number is out of range,"
                    + " expected 1 to " + trained + ". Choose fewer steps.");
        }
        return switch (this) {
            case DDPM -> new DdpmSampler(settings, steps);
            case DDIM -> new DdimSampler(settings, steps, eta);
            case DPMPP_2M -> new DpmSolverMultistepSampler(settings, steps);
        };
    }
}
