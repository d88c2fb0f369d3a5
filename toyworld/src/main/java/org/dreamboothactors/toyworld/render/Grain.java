package org.dreamboothactors.toyworld.render;

/** Random textures of the plane, made of nothing but sums and products: the same on every machine. */
record Grain(int seed) {

    /** Smooth noise of -1 to 1 whose bumps are about 1 wide. */
    double at(double x, double y) {
        double fx = Math.floor(x);
        double fy = Math.floor(y);
        int ix = (int) fx;
        int iy = (int) fy;
        double u = smooth(x - fx);
        double v = smooth(y - fy);
        double low = blend(corner(ix, iy), corner(ix + 1, iy), u);
        double high = blend(corner(ix, iy + 1), corner(ix + 1, iy + 1), u);
        return blend(low, high, v);
    }

    /** Noise in three sizes. */
    double rough(double x, double y) {
        return .55 * at(x, y) + .3 * at(2.1 * x + 7, 2.1 * y) + .15 * at(4.3 * x, 4.3 * y + 3);
    }

    /** A number of -1 to 1 for a cell of the plane. */
    double corner(int x, int y) {
        int h = x * 0x27d4eb2d ^ y * 0x165667b1 ^ seed * 0x9e3779b1;
        h = (h ^ h >>> 15) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return ((h ^ h >>> 16) & 0xffff) / 32767.5 - 1;
    }

    /** A wave of -1 to 1 with a period of 1, made of parabolas. */
    static double wave(double t) {
        double x = 2 * (t - Math.floor(t)) - 1;
        return 4 * x * (1 - Math.abs(x));
    }

    /** From 0 to 1 with flat ends. */
    static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private static double blend(double a, double b, double share) {
        return a + (b - a) * share;
    }
}
