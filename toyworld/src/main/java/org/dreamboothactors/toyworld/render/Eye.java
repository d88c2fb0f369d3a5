package org.dreamboothactors.toyworld.render;

import org.dreamboothactors.toyworld.Rgb;
import org.dreamboothactors.toyworld.Shot;

/** What is seen along a ray. World coordinates have the ground at y = 0; the thing's own are turned by its yaw. */
final class Eye {
    private static final double FAR = 60;
    private static final double FOG = 24;
    private static final double GROUND_LIT_WITHIN = 12;
    private static final double STEP = .003; // for normals

    private final Lens lens;
    private final Form form;
    private final Coat coat;
    private final Scenery scenery;
    private final Rgb bounce;
    private final double cos;
    private final double sin;
    private final double[] origin; // of all rays, in the thing's coordinates
    private final double[] sun; // in the thing's coordinates, length 1

    Eye(Shot shot) {
        lens = Lens.of(shot.view());
        form = new Form(shot.subject());
        coat = new Coat(shot.subject());
        scenery = Scenery.of(shot.place(), shot.view().grain());
        bounce = scenery.bounce();
        cos = StrictMath.cos(shot.view().yaw());
        sin = StrictMath.sin(shot.view().yaw());
        origin = turned(lens.eye()[0], lens.eye()[1], lens.eye()[2]);
        double length = Math.sqrt(shot.sun().x() * shot.sun().x()
                + shot.sun().y() * shot.sun().y()
                + shot.sun().z() * shot.sun().z());
        sun = turned(
                shot.sun().x() / length, shot.sun().y() / length, shot.sun().z() / length);
    }

    private double[] turned(double x, double y, double z) {
        return new double[] {cos * x - sin * z, y, sin * x + cos * z};
    }

    /** The light that arrives through (u, v) of the picture. */
    Rgb look(double u, double v) {
        double[] ray = lens.ray(u, v);
        double[] eye = lens.eye();
        double[] d = turned(ray[0], ray[1], ray[2]);
        double ground = ray[1] < -1e-3 ? -eye[1] / ray[1] : Double.MAX_VALUE;
        double thing = form.hit(origin[0], origin[1], origin[2], d[0], d[1], d[2]);
        if (thing >= 0 && thing < ground) {
            return surface(origin[0] + thing * d[0], origin[1] + thing * d[1], origin[2] + thing * d[2], d);
        }
        Rgb sky = scenery.sky(ray[0], ray[1], ray[2]);
        if (ground > FAR) {
            return sky;
        }
        double haze = ground * ground / (FOG * FOG);
        return ground(eye[0] + ground * ray[0], eye[2] + ground * ray[2], ground)
                .towards(sky, haze / (1 + haze));
    }

    private Rgb ground(double x, double z, double distance) {
        Rgb colour = scenery.ground(x, z);
        double lit = 1;
        double open = 1;
        if (distance < GROUND_LIT_WITHIN) {
            double[] p = turned(x, 0, z);
            lit = form.light(p[0], 0, p[2], sun[0], sun[1], sun[2], 7);
            open = Math.clamp(.4 + 1.1 * form.distance(p[0], 0, p[2]), .4, 1);
        }
        Rgb light = scenery.ambient().times(open).plus(scenery.sun().times(.85 * sun[1] * lit));
        return colour.times(light);
    }

    private Rgb surface(double x, double y, double z, double[] ray) {
        double[] n = normal(x, y, z);
        double facing = Math.max(0, n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2]);
        double lit =
                facing <= 0 ? 0 : form.light(x + .02 * n[0], y + .02 * n[1], z + .02 * n[2], sun[0], sun[1], sun[2], 8);
        double open = Math.clamp(.35 + 4 * form.distance(x + .16 * n[0], y + .16 * n[1], z + .16 * n[2]), .35, 1);
        Rgb light = scenery.ambient()
                .times(open * (.7 + .4 * n[1]))
                .plus(bounce.times(open * (.5 - .5 * n[1])))
                .plus(scenery.sun().times(.95 * facing * lit));
        Rgb colour = coat.at(form.material(x, y, z), x, y, z);
        double shine = .3 * lit * gloss(n, ray) + .12 * open * rim(n, ray);
        return colour.times(light).plus(scenery.sun().times(shine));
    }

    private double[] normal(double x, double y, double z) {
        double nx = form.distance(x + STEP, y, z) - form.distance(x - STEP, y, z);
        double ny = form.distance(x, y + STEP, z) - form.distance(x, y - STEP, z);
        double nz = form.distance(x, y, z + STEP) - form.distance(x, y, z - STEP);
        double length = Math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12;
        return new double[] {nx / length, ny / length, nz / length};
    }

    /** Blinn's highlight, to the power of 32. */
    private double gloss(double[] n, double[] ray) {
        double hx = sun[0] - ray[0];
        double hy = sun[1] - ray[1];
        double hz = sun[2] - ray[2];
        double along = Math.max(0, hx * n[0] + hy * n[1] + hz * n[2]) / Math.sqrt(hx * hx + hy * hy + hz * hz);
        double second = along * along;
        double fourth = second * second;
        double eighth = fourth * fourth;
        double sixteenth = eighth * eighth;
        return sixteenth * sixteenth;
    }

    /** Surfaces seen flatly mirror more (Schlick 1994). */
    private static double rim(double[] n, double[] ray) {
        double away = 1 + Math.min(0, n[0] * ray[0] + n[1] * ray[1] + n[2] * ray[2]);
        double second = away * away;
        return second * second * away;
    }
}
