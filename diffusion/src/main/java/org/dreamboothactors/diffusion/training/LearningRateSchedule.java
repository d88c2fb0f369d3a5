package org.dreamboothactors.diffusion.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * How a learning rate changes over a run. Steps are counted from 0; the rate of a step depends on nothing but its number.
 *
 * <p>Constant, linear, cosine and polynomial are those of diffusers' {@code optimization.py}, where a warm-up begins at a rate of
 * 0: the first step then changes nothing.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(LearningRateSchedule.Constant.class),
    @JsonSubTypes.Type(LearningRateSchedule.ConstantWithWarmup.class),
    @JsonSubTypes.Type(LearningRateSchedule.Linear.class),
    @JsonSubTypes.Type(LearningRateSchedule.Cosine.class),
    @JsonSubTypes.Type(LearningRateSchedule.Polynomial.class),
    @JsonSubTypes.Type(LearningRateSchedule.WarmupHold.class),
    @JsonSubTypes.Type(LearningRateSchedule.Trapezoid.class)
})
public sealed interface LearningRateSchedule {
    /** Where {@link Polynomial} ends. */
    double POLYNOMIAL_END = 1e-7;

    String POLYNOMIAL = "polynomial";

    /** The same rate in every step. */
    record Constant() implements LearningRateSchedule {}

    /** Rises from 0 in a line over the first steps, then stays. */
    record ConstantWithWarmup(int warmupSteps) implements LearningRateSchedule {
        public ConstantWithWarmup {
            requireWarmup(warmupSteps);
        }
    }

    /** Rises from 0 in a line, then falls to 0 in one. */
    record Linear(int warmupSteps) implements LearningRateSchedule {
        public Linear {
            requireWarmup(warmupSteps);
        }
    }

    /** Rises from 0 in a line, then falls to 0 as half a cosine. */
    record Cosine(int warmupSteps) implements LearningRateSchedule {
        public Cosine {
            requireWarmup(warmupSteps);
        }
    }

    /** Rises from 0 in a line, then falls to {@link #POLYNOMIAL_END} as a power of what is left; 1 is a line. */
    record Polynomial(int warmupSteps, double power) implements LearningRateSchedule {
        public Polynomial {
            requireWarmup(warmupSteps);
            if (!(power > 0 && Double.isFinite(power))) {
                throw new IllegalArgumentException("Cannot train: the power of the learning rate is " + power
                        + ", expected a number above 0. Change the run's settings.");
            }
        }
    }

    /**
     * Rises in a line that ends one step after the warm-up and stays: NeMo's {@code WarmupHoldPolicy} with a hold that
     * outlasts the run. A warm-up of 1, the default there, halves the rate of the first step.
     */
    record WarmupHold(int warmupSteps) implements LearningRateSchedule {
        public WarmupHold {
            requireWarmup(warmupSteps);
        }
    }

    /**
     * Rises in a line that ends one step after the warm-up, stays, and falls in a line to 0 over the last steps (Hägele et
     * al. 2024): until the fall begins, no step depends on how many there will be.
     */
    record Trapezoid(int warmupSteps, int fallSteps) implements LearningRateSchedule {
        public Trapezoid {
            requireWarmup(warmupSteps);
            if (fallSteps < 1) {
                throw new IllegalArgumentException("Cannot train: the learning rate falls for " + fallSteps
                        + " steps, expected 1 or more. Change the run's settings.");
            }
        }
    }

    /** What the schedules that runs can ask for are called: by diffusers, and by NeMo the last. */
    List<String> NAMES =
            List.of("constant", "constant_with_warmup", "linear", "cosine", POLYNOMIAL, "WarmupHoldPolicy");

    /** Whether a schedule of that name has no use for a warm-up; it is the one of no name. */
    static boolean isConstant(String name) {
        return name.isEmpty() || name.equals("constant");
    }

    /** Whether a schedule of that name ends at {@link #POLYNOMIAL_END}, above which its rate has to begin. */
    static boolean isPolynomial(String name) {
        return name.equals(POLYNOMIAL);
    }

    /**
     * The schedule of a name. Throws {@link UnsupportedOperationException} for a name that is none of {@link #NAMES}.
     *
     * @param warmupSteps 0 or more; a constant rate has none
     * @param power of the polynomial, above 0; the others have none
     */
    static LearningRateSchedule of(String name, int warmupSteps, double power) {
        return switch (name) {
            case "constant" -> new Constant();
            case "constant_with_warmup" -> new ConstantWithWarmup(warmupSteps);
            case "linear" -> new Linear(warmupSteps);
            case "cosine" -> new Cosine(warmupSteps);
            case POLYNOMIAL -> new Polynomial(warmupSteps, power);
            case "WarmupHoldPolicy" -> new WarmupHold(warmupSteps);
            default ->
                throw new UnsupportedOperationException("Cannot use learning rate schedule " + name
                        + ": it is not known, expected one of " + String.join(", ", NAMES) + ". Choose one of them.");
        };
    }

    /**
     * The rate of a step.
     *
     * @param base highest rate
     * @param step number of the step, from 0
     * @param steps of the whole run
     */
    default double rate(double base, long step, long steps) {
        return switch (this) {
            case Constant() -> base;
            case ConstantWithWarmup(int warmup) -> step < warmup ? base * step / warmup : base;
            case Linear(int warmup) ->
                step < warmup
                        ? base * step / warmup
                        : base * Math.max(0, (double) (steps - step) / Math.max(1, steps - warmup));
            case Cosine(int warmup) ->
                step < warmup ? base * step / warmup : cosine(base, step - warmup, steps - warmup);
            case Polynomial(int warmup, double power) ->
                step < warmup ? base * step / warmup : polynomial(base, step - warmup, steps - warmup, power);
            case WarmupHold(int warmup) -> step <= warmup ? base * (step + 1) / (warmup + 1) : base;
            case Trapezoid(int warmup, int fall) ->
                base * Math.min(1, Math.min((step + 1.0) / (warmup + 1), Math.max(0, (double) (steps - step) / fall)));
        };
    }

    private static double cosine(double base, long step, long steps) {
        double progress = (double) step / Math.max(1, steps);
        return base * Math.max(0, 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress)));
    }

    private static double polynomial(double base, long step, long steps, double power) {
        if (base <= POLYNOMIAL_END) {
            throw new IllegalArgumentException("Cannot train: the learning rate is " + base + ", expected more than "
                    + POLYNOMIAL_END + ", where a polynomial schedule ends. Raise it or choose another schedule.");
        }
        if (step > steps) {
            return POLYNOMIAL_END;
        }
        double left = 1 - (double) step / Math.max(1, steps);
        return (base - POLYNOMIAL_END) * StrictMath.pow(left, power) + POLYNOMIAL_END;
    }

    private static void requireWarmup(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("Cannot train: the learning rate warms up for " + steps
                    + " steps, expected 0 or more. Change the run's settings.");
        }
    }
}
