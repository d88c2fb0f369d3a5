package org.dreamboothactors.toyworld.render;

import java.util.List;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.shapes.Part;
import org.dreamboothactors.toyworld.shapes.Part.Material;
import org.dreamboothactors.toyworld.shapes.Shapes;
import org.dreamboothactors.toyworld.shapes.Solid;

/** A thing as rays meet it, in its own coordinates. */
final class Form {
    private static final int STEPS = 60;
    private static final double NEAR = .003;
    /** Ellipsoids and cones tell a little too much. */
    private static final double CAUTION = .9;

    private static final double MISS = -1;

    private final Solid[] solids;
    private final List<Part> parts;

    Form(Subject subject) {
        parts = Shapes.of(subject);
        solids = parts.stream().map(Part::solid).toArray(Solid[]::new);
    }

    double distance(double x, double y, double z) {
        double nearest = Double.MAX_VALUE;
        for (Solid solid : solids) {
            nearest = Math.min(nearest, solid.distance(x, y, z));
        }
        return nearest;
    }

    Material material(double x, double y, double z) {
        int nearest = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < solids.length; i++) {
            double distance = solids[i].distance(x, y, z);
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return parts.get(nearest).material();
    }

    /** How far along a ray of direction length 1 its surface is; below 0 where the ray misses. */
    double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
        double my = oy - Shapes.MIDDLE;
        double b = ox * dx + my * dy + oz * dz;
        double under = b * b - (ox * ox + my * my + oz * oz - Shapes.REACH * Shapes.REACH);
        if (under < 0) {
            return MISS;
        }
        double half = Math.sqrt(under);
        double t = Math.max(0, -b - half);
        double end = -b + half;
        for (int i = 0; i < STEPS && t < end; i++) {
            double distance = distance(ox + t * dx, oy + t * dy, oz + t * dz);
            if (distance < NEAR) {
                return t;
            }
            t += CAUTION * distance;
        }
        return MISS;
    }

    /**
     * How much light from a direction reaches a point, 0 to 1, with soft edges (Quilez, "soft shadows").
     *
     * @param hardness of the edge
     */
    double light(double x, double y, double z, double dx, double dy, double dz, double hardness) {
        double my = y - Shapes.MIDDLE;
        double b = x * dx + my * dy + z * dz;
        double reach = Shapes.REACH + .1;
        double under = b * b - (x * x + my * my + z * z - reach * reach);
        double end = under < 0 ? 0 : -b + Math.sqrt(under);
        double t = .03;
        double lit = 1;
        for (int i = 0; i < 26 && t < end && lit > .01; i++) {
            double distance = distance(x + t * dx, y + t * dy, z + t * dz);
            lit = Math.min(lit, Math.max(0, hardness * distance / t));
            t += Math.clamp(distance, .03, .35);
        }
        return Grain.smooth(lit);
    }
}
