package org.dreamboothactors.toyworld.shapes;

import static org.dreamboothactors.toyworld.shapes.Part.accent;
import static org.dreamboothactors.toyworld.shapes.Part.body;
import static org.dreamboothactors.toyworld.shapes.Part.dark;
import static org.dreamboothactors.toyworld.shapes.Part.glass;

import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.shapes.Solid.Above;
import org.dreamboothactors.toyworld.shapes.Solid.Ball;
import org.dreamboothactors.toyworld.shapes.Solid.Box;
import org.dreamboothactors.toyworld.shapes.Solid.Cone;
import org.dreamboothactors.toyworld.shapes.Solid.Cut;
import org.dreamboothactors.toyworld.shapes.Solid.Drum;
import org.dreamboothactors.toyworld.shapes.Solid.Egg;
import org.dreamboothactors.toyworld.shapes.Solid.Gable;
import org.dreamboothactors.toyworld.shapes.Solid.Ring;
import org.dreamboothactors.toyworld.shapes.Solid.Stick;
import org.dreamboothactors.toyworld.shapes.Solid.Tipped;

/** How things are built: on the ground y = 0, about 1.5 tall, looking towards x; all within {@link #REACH}. */
public final class Shapes {
    /** Radius of a ball around (0, {@link #MIDDLE}, 0) that holds every thing. */
    public static final double REACH = 1.15;

    public static final double MIDDLE = .72;

    private Shapes() {}

    /** The parts of a subject. */
    public static List<Part> of(Subject subject) {
        double a = subject.girth();
        double b = subject.height();
        return switch (subject.thing()) {
            case BALL -> List.of(body(new Ball(0, .55 + .08 * a, 0, .55 + .08 * a)));
            case CUBE -> List.of(body(new Box(0, .42 + .1 * b, 0, .44 + .08 * a, .42 + .1 * b, .44 + .08 * a, .04)));
            case MUG -> mug(a, b);
            case TEAPOT -> teapot(a, b);
            case DUCK -> duck(a, b);
            case CAR -> car(a, b);
            case HOUSE -> house(a, b);
            case TREE -> tree(a, b);
            case ROCKET -> rocket(a, b);
            case MUSHROOM ->
                List.of(
                        accent(new Stick(0, 0, 0, 0, .6, 0, .19 + .06 * a, .15 + .05 * a)),
                        body(new Above(new Egg(0, .62, 0, .62, .42 + .14 * b, .62), .58)));
            case ROBOT -> robot(a, b);
            case DONUT -> List.of(body(new Ring(0, .64, 0, .43, .17 + .05 * a)));
            case BOTTLE ->
                List.of(
                        body(new Drum(0, .45, 0, .28 + .06 * a, .45, .1)),
                        body(new Drum(0, 1.02, 0, .1, .22 + .06 * b, .02)),
                        accent(new Drum(0, 1.3 + .06 * b, 0, .13, .07, .02)));
            case CHAIR -> chair(a, b);
            case SNOWMAN -> snowman(a, b);
            case FISH -> fish(a, b);
        };
    }

    private static List<Part> mug(double a, double b) {
        double half = .42 + .12 * b;
        double radius = .4 + .08 * a;
        Solid wall = new Drum(0, half, 0, radius, half, .03);
        return List.of(
                body(new Cut(wall, new Drum(0, half + .14, 0, radius - .07, half, .02))),
                accent(new Ring(radius + .06, half, 0, .22 + .04 * b, .065)));
    }

    private static List<Part> teapot(double a, double b) {
        double lid = .86 + .18 * b;
        return List.of(
                body(new Egg(0, .48, 0, .52 + .08 * a, .42 + .1 * b, .52 + .08 * a)),
                body(new Stick(.4, .4, 0, .88, .78, 0, .12, .06)),
                accent(new Ring(-.56, .52, 0, .23, .065)),
                accent(new Drum(0, lid, 0, .26, .05, .03)),
                accent(new Ball(0, lid + .12, 0, .1)));
    }

    private static List<Part> duck(double a, double b) {
        double head = .86 + .1 * b;
        return List.of(
                body(new Egg(-.05, .38, 0, .58, .37 + .05 * a, .42)),
                body(new Ball(.3, head, 0, .28)),
                body(new Stick(-.45, .5, 0, -.76, .76, 0, .14, .04)),
                accent(new Egg(.6, head - .05, 0, .2, .07, .14)),
                dark(new Ball(.47, head + .09, .17, .055)),
                dark(new Ball(.47, head + .09, -.17, .055)));
    }

    private static List<Part> car(double a, double b) {
        double roof = .2 + .06 * b;
        double cabin = .36 + .08 * a;
        List<Part> parts = new ArrayList<>(List.of(
                body(new Box(0, .4, 0, .8, .2, .38, .09)),
                body(new Box(-.1, .55 + roof, 0, cabin, roof, .33, .08)),
                glass(new Box(-.1, .58 + roof, 0, cabin + .015, roof - .11, .25, .02)),
                glass(new Box(-.1, .58 + roof, 0, cabin - .1, roof - .11, .345, .02))));
        for (double x : new double[] {-.44, .44}) {
            for (double z : new double[] {-.36, .36}) {
                parts.add(dark(new Tipped(new Drum(x, z, .2, .2, .08, .03))));
                parts.add(accent(new Tipped(new Drum(x, z, .2, .1, .095, .02))));
            }
        }
        return parts;
    }

    private static List<Part> house(double a, double b) {
        double half = .5 + .08 * a;
        return List.of(
                body(new Box(0, .4, 0, half, .42, .46, .01)),
                accent(new Gable(.8, half + .14, .45 + .2 * b, .56)),
                dark(new Box(0, .24, .45, .12, .24, .025, .01)),
                glass(new Box(.3, .5, .45, .1, .1, .025, .01)),
                glass(new Box(-.3, .5, .45, .1, .1, .025, .01)),
                glass(new Box(half, .5, 0, .02, .12, .14, .01)),
                glass(new Box(-half, .5, 0, .02, .12, .14, .01)));
    }

    private static List<Part> tree(double a, double b) {
        return List.of(
                accent(new Drum(0, .2, 0, .11 + .04 * a, .22, .02)),
                body(new Cone(0, .3, 0, .56, .55 + .08 * b)),
                body(new Cone(0, .62, 0, .46, .5 + .08 * b)),
                body(new Cone(0, .93 + .05 * b, 0, .34, .5 + .08 * b)));
    }

    private static List<Part> rocket(double a, double b) {
        double nose = 1.05 + .12 * b;
        return List.of(
                body(new Stick(0, .45, 0, 0, nose - .1, 0, .26, .22)),
                accent(new Cone(0, nose + .02, 0, .23, .42)),
                accent(new Box(0, .22, 0, .48 + .08 * a, .2, .035, .02)),
                accent(new Box(0, .22, 0, .035, .2, .48 + .08 * a, .02)),
                glass(new Ball(0, .86, .17, .1)),
                glass(new Ball(0, .86, -.17, .1)));
    }

    private static List<Part> robot(double a, double b) {
        double arm = .42 - .1 * b;
        return List.of(
                body(new Box(0, .62, 0, .26, .33, .34 + .06 * a, .03)),
                accent(new Box(0, 1.16, 0, .2, .18, .24, .03)),
                accent(new Box(0, .15, -.17, .13, .16, .1, .02)),
                accent(new Box(0, .15, .17, .13, .16, .1, .02)),
                accent(new Stick(0, .86, -.43, .1, arm, -.56, .08, .07)),
                accent(new Stick(0, .86, .43, .1, arm, .56, .08, .07)),
                dark(new Stick(0, 1.3, 0, 0, 1.5, 0, .025, .025)),
                body(new Ball(0, 1.52, 0, .06)),
                glass(new Ball(.18, 1.2, .1, .06)),
                glass(new Ball(.18, 1.2, -.1, .06)));
    }

    private static List<Part> chair(double a, double b) {
        double half = .38 + .05 * a;
        List<Part> parts = new ArrayList<>(List.of(
                body(new Box(0, .52, 0, half, .07, half, .03)),
                body(new Box(-half + .06, .95 + .1 * b, 0, .06, .42 + .1 * b, half, .03))));
        for (double x : new double[] {-half + .08, half - .08}) {
            for (double z : new double[] {-half + .08, half - .08}) {
                parts.add(accent(new Box(x, .23, z, .06, .24, .06, .01)));
            }
        }
        return parts;
    }

    private static List<Part> snowman(double a, double b) {
        double head = 1.22 + .06 * b;
        return List.of(
                body(new Ball(0, .38, 0, .38 + .05 * a)),
                body(new Ball(0, .86, 0, .29)),
                body(new Ball(0, head, 0, .21)),
                accent(new Drum(0, head + .19, 0, .24, .025, .01)),
                accent(new Drum(0, head + .31, 0, .16, .13, .02)),
                accent(new Stick(.18, head, 0, .44, head - .03, 0, .06, .02)),
                dark(new Ball(.18, head + .08, .08, .035)),
                dark(new Ball(.18, head + .08, -.08, .035)),
                dark(new Ball(.28, .9, 0, .04)));
    }

    private static List<Part> fish(double a, double b) {
        return List.of(
                body(new Egg(.08, .58, 0, .6, .34 + .07 * a, .22)),
                accent(new Egg(-.66, .58, 0, .26, .36 + .08 * b, .07)),
                accent(new Egg(.05, .96 + .05 * a, 0, .24, .16, .05)),
                accent(new Egg(.15, .42, 0, .12, .1, .34)),
                dark(new Ball(.46, .68, .14, .055)),
                dark(new Ball(.46, .68, -.14, .055)));
    }
}
