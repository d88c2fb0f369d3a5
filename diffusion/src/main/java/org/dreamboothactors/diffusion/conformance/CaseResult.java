package org.dreamboothactors.diffusion.conformance;

/**
 * How one reference case ended.
 *
 * @param name folder of the case
 * @param kind what it checks
 */
public record CaseResult(String name, String kind, Outcome outcome) {

    /** What came of a case. */
    public sealed interface Outcome {}

    /**
     * Every number is close enough.
     *
     * @param maxDeviation largest deviation, as a share of what is allowed
     * @param where the value that had it
     */
    public record Passed(double maxDeviation, String where) implements Outcome {}

    /**
     * A number is too far off.
     *
     * @param maxDeviation largest deviation, as a share of what is allowed; infinite for a shape or a NaN
     * @param where the value that had it
     */
    public record Failed(double maxDeviation, String where) implements Outcome {}

    /** The case asks for something this project does not do, or is broken. Counts as failed. */
    public record CannotRun(String reason) implements Outcome {}

    /** Whether the case passed. */
    public boolean passed() {
        return outcome instanceof Passed;
    }
}
