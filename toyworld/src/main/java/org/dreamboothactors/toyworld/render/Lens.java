package org.dreamboothactors.toyworld.render;

import org.dreamboothactors.toyworld.Shot.View;

/**
 * The camera's place and axes in the world: a ray through (u, v) of the picture, both -1 to 1, goes along forward +
 * u right + v up.
 */
@SuppressWarnings("ArrayRecordComponent") // three numbers each, read in inner loops
record Lens(double[] eye, double[] forward, double[] right, double[] up) {
    /** Tangent of half the angle of view. */
    private static final double HALF_VIEW = .36;

    private static final double AIM = .66;

    static Lens of(View view) {
        double sin = StrictMath.sin(view.pitch());
        double cos = StrictMath.cos(view.pitch());
        double[] eye = {view.sideways(), AIM + view.upwards() + view.distance() * sin, view.distance() * cos};
        // It looks down along -z; its right is x.
        double[] forward = {0, -sin, -cos};
        double[] right = {HALF_VIEW, 0, 0};
        double[] up = {0, HALF_VIEW * cos, -HALF_VIEW * sin};
        return new Lens(eye, forward, right, up);
    }

    /** Direction of length 1 through (u, v) of the picture. */
    double[] ray(double u, double v) {
        double x = forward[0] + u * right[0] + v * up[0];
        double y = forward[1] + u * right[1] + v * up[1];
        double z = forward[2] + u * right[2] + v * up[2];
        double length = Math.sqrt(x * x + y * y + z * z);
        return new double[] {x / length, y / length, z / length};
    }
}
