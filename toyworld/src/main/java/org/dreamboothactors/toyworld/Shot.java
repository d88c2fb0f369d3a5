package org.dreamboothactors.toyworld;

/** A picture as data: who stands where, seen from where, in which light. */
public record Shot(Subject subject, Place place, View view, Sun sun) {

    /**
     * The camera.
     *
     * @param yaw how the subject is turned, radians
     * @param pitch how steeply the camera looks down, radians
     * @param distance to the subject; a thing is about 1.5 tall
     * @param sideways where the camera aims, beside the subject's middle
     * @param upwards the same, above it
     * @param grain chooses the ground's texture
     */
    public record View(double yaw, double pitch, double distance, double sideways, double upwards, int grain) {}

    /** Direction to the light, of any length; y is up. */
    public record Sun(double x, double y, double z) {}
}
