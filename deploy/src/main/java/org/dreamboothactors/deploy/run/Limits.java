package org.dreamboothactors.deploy.run;

import java.util.Collection;
import org.dreamboothactors.deploy.UsageException;

/** Checks of single numbers: zero would silently become the service's default. */
final class Limits {
    private Limits() {}

    static int positive(String name, int value) {
        if (value < 1) {
            throw new UsageException("Cannot describe the run: " + name + " is " + value + ", expected 1 or more");
        }
        return value;
    }

    static String oneOf(String name, String value, Collection<String> known) {
        if (!known.contains(value)) {
            throw new UsageException("Cannot describe the run: " + name + " is " + value + ", expected one of "
                    + String.join(", ", known));
        }
        return value;
    }

    static double share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new UsageException("Cannot describe the run: " + name + " is " + value + ", expected 0 to 1");
        }
        return value;
    }

    static double positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new UsageException("Cannot describe the run: " + name + " is " + value + ", expected more than 0");
        }
        return value;
    }
}
