package org.dreamboothactors.toyworld.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Pattern;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.shapes.Solid.Ball;
import org.dreamboothactors.toyworld.shapes.Solid.Box;
import org.dreamboothactors.toyworld.shapes.Solid.Cut;
import org.dreamboothactors.toyworld.shapes.Solid.Ring;
import org.dreamboothactors.toyworld.shapes.Solid.Tipped;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapesTest {

    @Test
    void measuresDistances() {
        assertThat(new Ball(0, 1, 0, .5).distance(0, 3, 0)).isEqualTo(1.5);
        assertThat(new Box(0, 0, 0, 1, 1, 1, 0).distance(4, 5, 0)).isEqualTo(5);
        assertThat(new Ring(0, 0, 0, 2, .5).distance(2, 0, 0)).isEqualTo(-.5);
        assertThat(new Tipped(new Box(0, 0, 0, 1, 1, 3, 0)).distance(0, 4, 0)).isEqualTo(1);
        assertThat(new Cut(new Ball(0, 0, 0, 2), new Ball(0, 0, 0, 1)).distance(0, 0, 0))
                .isEqualTo(1);
    }

    /** A ray that misses that ball is not followed. */
    @ParameterizedTest
    @EnumSource
    void everyThingFitsTheBallThatIsSaidToHoldIt(Thing thing) {
        Chance chance = Chance.of(1, "points", 0);
        for (double size : new double[] {0, 1}) {
            List<Part> parts = Shapes.of(
                    new Subject(thing, Paint.RED, Paint.RED.rgb(), Paint.BLUE.rgb(), Pattern.PLAIN, size, size));
            for (int i = 0; i < 4000; i++) {
                double x = chance.normal();
                double y = chance.normal();
                double z = chance.normal();
                double k = 1.001 * Shapes.REACH / Math.sqrt(x * x + y * y + z * z);

                assertThat(parts).noneMatch(part -> part.solid().distance(k * x, Shapes.MIDDLE + k * y, k * z) < 0);
            }
        }
    }

    /** Sphere tracing steps by it: it must not step through a surface. */
    @ParameterizedTest
    @EnumSource
    void noDistanceGrowsFasterThanThePathToIt(Thing thing) {
        Chance chance = Chance.of(2, "points", 0);
        List<Part> parts =
                Shapes.of(new Subject(thing, Paint.RED, Paint.RED.rgb(), Paint.BLUE.rgb(), Pattern.PLAIN, .5, .5));
        for (int i = 0; i < 2000; i++) {
            double x = chance.between(-1, 1);
            double y = chance.between(0, 1.6);
            double z = chance.between(-1, 1);
            for (Part part : parts) {
                double here = part.solid().distance(x, y, z);
                double there = part.solid().distance(x + .001, y, z);

                if (here > .02) { // rays come from outside
                    assertThat(there).isCloseTo(here, within(.00115));
                }
            }
        }
    }
}
