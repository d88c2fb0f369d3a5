package org.dreamboothactors.toyworld.shapes;

/**
 * A body by its signed distance: how far a point is from its surface, below 0 inside. Never more than the true distance
 * by much, so that a ray may step that far (sphere tracing, Hart 1996); formulas after Quilez, "distance functions".
 */
public sealed interface Solid {

    double distance(double x, double y, double z);

    /** A ball. */
    record Ball(double cx, double cy, double cz, double radius) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            return norm(x - cx, y - cy, z - cz) - radius;
        }
    }

    /** An ellipsoid; the distance is a bound. */
    record Egg(double cx, double cy, double cz, double rx, double ry, double rz) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double px = (x - cx) / rx;
            double py = (y - cy) / ry;
            double pz = (z - cz) / rz;
            double k = norm(px, py, pz);
            double slope = norm(px / rx, py / ry, pz / rz);
            return slope < 1e-9 ? -Math.min(rx, Math.min(ry, rz)) : k * (k - 1) / slope;
        }
    }

    /** A box with rounded edges; {@code hx} is half its width. */
    record Box(double cx, double cy, double cz, double hx, double hy, double hz, double round) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double qx = Math.abs(x - cx) - hx + round;
            double qy = Math.abs(y - cy) - hy + round;
            double qz = Math.abs(z - cz) - hz + round;
            double outside = norm(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0));
            return outside + Math.min(Math.max(qx, Math.max(qy, qz)), 0) - round;
        }
    }

    /** A stick from a to b whose thickness goes from ra to rb. */
    record Stick(double ax, double ay, double az, double bx, double by, double bz, double ra, double rb)
            implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double dx = bx - ax;
            double dy = by - ay;
            double dz = bz - az;
            double along = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz);
            double h = Math.clamp(along, 0, 1);
            return norm(x - ax - h * dx, y - ay - h * dy, z - az - h * dz) - (ra + (rb - ra) * h);
        }
    }

    /** An upright cylinder with rounded rims; {@code half} is half its height. */
    record Drum(double cx, double cy, double cz, double radius, double half, double round) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double side = Math.sqrt((x - cx) * (x - cx) + (z - cz) * (z - cz)) - radius + round;
            double top = Math.abs(y - cy) - half + round;
            double a = Math.max(side, 0);
            double b = Math.max(top, 0);
            return Math.sqrt(a * a + b * b) + Math.min(Math.max(side, top), 0) - round;
        }
    }

    /** A cone from its base at cy up to a point. */
    record Cone(double cx, double cy, double cz, double radius, double height) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double out = Math.sqrt((x - cx) * (x - cx) + (z - cz) * (z - cz));
            double up = y - cy;
            double slope = Math.sqrt(radius * radius + height * height);
            double side = (out - radius * (1 - up / height)) * height / slope;
            return Math.max(Math.max(side, -up), up - height);
        }
    }

    /** A ring that stands upright, facing z. */
    record Ring(double cx, double cy, double cz, double radius, double thickness) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            double out = Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - radius;
            return Math.sqrt(out * out + (z - cz) * (z - cz)) - thickness;
        }
    }

    /** A gable roof along z, its lower edge at y. */
    record Gable(double y, double halfWidth, double height, double halfDepth) implements Solid {
        @Override
        public double distance(double px, double py, double pz) {
            double slope = Math.sqrt(height * height + halfWidth * halfWidth);
            double side = (Math.abs(px) * height + (py - y) * halfWidth - height * halfWidth) / slope;
            return Math.max(Math.max(side, y - py), Math.abs(pz) - halfDepth);
        }
    }

    /** A body lying on its side: y and z change places. */
    record Tipped(Solid solid) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            return solid.distance(x, z, y);
        }
    }

    /** A body with another cut out of it. */
    record Cut(Solid solid, Solid hole) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            return Math.max(solid.distance(x, y, z), -hole.distance(x, y, z));
        }
    }

    /** What of a body is above a height. */
    record Above(Solid solid, double floor) implements Solid {
        @Override
        public double distance(double x, double y, double z) {
            return Math.max(solid.distance(x, y, z), floor - y);
        }
    }

    private static double norm(double x, double y, double z) {
        return Math.sqrt(x * x + y * y + z * z);
    }
}
