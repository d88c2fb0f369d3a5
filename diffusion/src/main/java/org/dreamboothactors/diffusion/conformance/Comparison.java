package org.dreamboothactors.diffusion.conformance;

import java.util.Arrays;
import org.dreamboothactors.diffusion.conformance.CaseResult.Failed;
import org.dreamboothactors.diffusion.conformance.CaseResult.Outcome;
import org.dreamboothactors.diffusion.conformance.CaseResult.Passed;

/** Collects how far our numbers are from the reference's, as a share of what the format allows. */
final class Comparison {
    private static final double OUTPUT = 1e-4;
    private static final double SCHEDULE = 1e-5;
    private static final double TRAINED = 1e-3;
    private static final double TRAINED_FLOOR = 1e-8;
    private static final double STEP = 1e-3;
    private static final double NOISE = 4;
    private static final double BF16_LOSS = 0.02;

    private double worst;
    private String where = "nothing was compared";
    private boolean any;

    /** Outputs of models. */
    void output(String name, float[] ours, Tensor theirs) {
        within(name, doubles(ours), theirs.values(), OUTPUT * Math.max(1, largest(theirs.values())));
    }

    /** Numbers of schedules and samplers. */
    void schedule(String name, float[] ours, Tensor theirs) {
        within(name, doubles(ours), theirs.values(), SCHEDULE * Math.max(1, largest(theirs.values())));
    }

    /** Part {@code index} along the first axis of {@code theirs}, held to the bound of the whole tensor. */
    void schedule(String name, float[] ours, Tensor theirs, int index) {
        within(name, doubles(ours), doubles(theirs.part(index)), SCHEDULE * Math.max(1, largest(theirs.values())));
    }

    /** Gradients and trained parameters. */
    void trained(String name, float[] ours, Tensor theirs) {
        within(name, doubles(ours), theirs.values(), TRAINED * largest(theirs.values()) + TRAINED_FLOOR);
    }

    /** Trained parameters whose gradient is rounding noise: ours must be as small as theirs, not equal. */
    void noise(String name, float[] ours, Tensor theirs) {
        within(name, doubles(ours), theirs.values(), NOISE * largest(theirs.values()) + TRAINED_FLOOR);
    }

    /** Loss or gradient norm of one step. */
    void ofStep(String name, double ours, double theirs) {
        within(name, new double[] {ours}, new double[] {theirs}, STEP * Math.abs(theirs));
    }

    /** Loss of one step computed in bf16, against the reference's in fp32. */
    void roughly(String name, double ours, double theirs) {
        within(name, new double[] {ours}, new double[] {theirs}, BF16_LOSS * Math.abs(theirs));
    }

    /** Numbers that must be equal. */
    void exact(String name, long[] ours, long[] theirs) {
        boolean equal = Arrays.equals(ours, theirs);
        note(name, equal ? 0 : Double.POSITIVE_INFINITY);
    }

    /** Numbers read from files, which must be equal. */
    void exact(String name, float[] ours, float[] theirs) {
        note(name, Arrays.equals(ours, theirs) ? 0 : Double.POSITIVE_INFINITY);
    }

    Outcome outcome() {
        return any && worst <= 1 ? new Passed(worst, where) : new Failed(any ? worst : Double.POSITIVE_INFINITY, where);
    }

    private void within(String name, double[] ours, double[] theirs, double allowed) {
        double largest = 0;
        if (ours.length != theirs.length) {
            note(name + " (" + ours.length + " values for " + theirs.length + ")", Double.POSITIVE_INFINITY);
            return;
        }
        for (int i = 0; i < ours.length; i++) {
            double deviation = Math.abs(ours[i] - theirs[i]);
            largest = Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : Math.max(largest, deviation);
        }
        // a reference of zeros allows nothing: no deviation is then no deviation
        note(name, largest == 0 ? 0 : largest / allowed);
    }

    private void note(String name, double share) {
        if (!any || share > worst) {
            worst = share;
            where = name;
        }
        any = true;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double[] doubles(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }
}
