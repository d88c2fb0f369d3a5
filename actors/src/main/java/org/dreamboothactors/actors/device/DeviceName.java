package org.dreamboothactors.actors.device;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a device is called, everywhere: {@code cpu:0} is a slice of this machine's processor cores, {@code cuda:1} the
 * second CUDA device that the service sees.
 *
 * @param number from 0
 */
public record DeviceName(Kind kind, int number) {
    private static final Pattern FORM = Pattern.compile("(cpu|cuda):(\\d{1,4})");

    /** What a device is. */
    public enum Kind {
        CPU,
        CUDA
    }

    boolean isCuda() {
        return kind == Kind.CUDA;
    }

    /** Throws {@link IllegalArgumentException} when it is none. */
    public static DeviceName parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    text + " is no device, expected cpu or cuda, a colon and a number, such as cpu:0 or cuda:1");
        }
        return new DeviceName(Kind.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), Integer.parseInt(parts.group(2)));
    }

    /**
     * What {@code CUDA_VISIBLE_DEVICES} says to a process that is to see this device and no other.
     *
     * @param seen what it says to this process, numbers or names of devices; absent: it sees all
     */
    String visibleDevices(Optional<List<String>> seen) {
        return switch (kind) {
            case CPU -> "";
            case CUDA -> seen.map(this::among).orElseGet(() -> Integer.toString(number));
        };
    }

    private String among(List<String> seen) {
        if (number >= seen.size()) {
            throw new IllegalArgumentException("Cannot use the device " + this + ": CUDA_VISIBLE_DEVICES is '"
                    + String.join(",", seen) + "', which shows " + seen.size() + " devices, counted from 0");
        }
        return seen.get(number);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + number;
    }
}
