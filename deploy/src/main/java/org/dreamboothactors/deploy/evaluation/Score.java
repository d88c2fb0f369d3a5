package org.dreamboothactors.deploy.evaluation;

/**
 * What the judge says of one run. Identity is the mean nearness of pictures to the subject's photos, -1 to 1.
 *
 * @param other identity of other subjects of the class
 * @param itself identity of the subject's own pictures in places that the photos lack
 * @param drawn identity of what the personalised model draws of the subject in those places
 * @param placesRight of {@code places} drawings of the subject
 * @param classBefore identity of what the base model draws of the class
 * @param classAfter identity of what the personalised model draws of the class, same prompts and seeds
 */
public record Score(
        double other, double itself, double drawn, int placesRight, int places, double classBefore, double classAfter) {

    /** Share of the way from another subject of the class to the subject itself. */
    public double closed() {
        return (drawn - other) / (itself - other);
    }

    /** How much nearer to the subject the class has come. */
    public double drift() {
        return classAfter - classBefore;
    }
}
