package org.dreamboothactors.deploy.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dreamboothactors.deploy.UsageException;

/** The service's settings: the documented defaults, overridden by a file, the environment and flags, in this order. */
public final class Settings {
    static final String PREFIX = "DREAMBOOTH_";
    private static final String CONFIG = PREFIX + "CONFIG";
    /** Kubernetes gives these to every container beside a Service named dreambooth; they are no settings. */
    private static final Pattern SERVICE_LINK = Pattern.compile(PREFIX + "(SERVICE_HOST|(SERVICE_)?PORT(_.*)?)");

    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /** The documented file itself, as text. */
    public static String documentation() {
        try (InputStream defaults = Settings.class.getResourceAsStream("/dreambooth.yaml")) {
            if (defaults == null) {
                throw new IllegalStateException(
                        "Cannot read the default settings: dreambooth.yaml is not on the class path");
            }
            return new String(defaults.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads and merges all sources.
     *
     * @param file given by flag; else {@code DREAMBOOTH_CONFIG} names it, else there is none
     * @param environment of the process
     * @param flags key to value, strongest
     */
    public static Settings read(Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        Map<String, String> merged = new LinkedHashMap<>(FlatYaml.parse(documentation(), "the default settings"));
        List<String> known = List.copyOf(merged.keySet());
        Optional<Path> chosen =
                file.or(() -> Optional.ofNullable(environment.get(CONFIG)).map(Path::of));
        chosen.ifPresent(path -> override(merged, known, path.toString(), FlatYaml.read(path)));
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)
                    && !name.equals(CONFIG)
                    && !SERVICE_LINK.matcher(name).matches()) {
                String key =
                        name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
                override(merged, known, "the environment (" + name + ")", Map.of(key, value));
            }
        });
        override(merged, known, "the command line", flags);
        return new Settings(merged);
    }

    private static void override(
            Map<String, String> merged, List<String> known, String source, Map<String, String> values) {
        values.forEach((key, value) -> {
            if (!merged.containsKey(key)) {
                throw new UsageException("Cannot read settings from " + source + ": unknown key " + key
                        + ", expected one that ./dreambooth settings prints. Did you mean " + Nearest.to(key, known)
                        + "?");
            }
            merged.put(key, value);
        });
    }

    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is not in dreambooth.yaml");
        }
        return value.strip();
    }

    /** Empty when the value is the empty string. */
    public Optional<String> given(String key) {
        return Optional.of(text(key)).filter(value -> !value.isEmpty());
    }

    /** Empty when the value is the empty string. */
    public Optional<Path> path(String key) {
        return given(key).map(Settings::expanded);
    }

    /** No shell replaces a tilde in a file, or behind an equals sign. */
    private static Path expanded(String text) {
        return text.equals("~") || text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(1))
                : Path.of(text);
    }

    public int number(String key, int least, int most) {
        String value = text(key);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notANumber(key, value, least, most, e);
        }
        throw notANumber(key, value, least, most, null);
    }

    private static UsageException notANumber(
            String key, String value, int least, int most, @org.jspecify.annotations.Nullable Throwable cause) {
        String message =
                "Cannot read setting " + key + ": " + value + ", expected a number from " + least + " to " + most;
        return cause == null ? new UsageException(message) : new UsageException(message, cause);
    }

    /** Parses {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}. */
    public Duration duration(String key) {
        String value = text(key);
        if (value.equals("0")) {
            return Duration.ZERO;
        }
        var parts = Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(value);
        if (!parts.matches()) {
            throw new UsageException(
                    "Cannot read setting " + key + ": " + value + ", expected a number and ms, s, m or h, e.g. 30s");
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    public List<String> list(String key) {
        return Arrays.stream(text(key).split("[,\n]", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** Parses {@code name=path,name=path}, folders or files that are there; keeps the order. */
    public Map<String, Path> paths(String key) {
        Map<String, Path> folders = new LinkedHashMap<>();
        for (String item : list(key)) {
            int equals = item.indexOf('=');
            if (equals < 1 || equals == item.length() - 1) {
                throw new UsageException("Cannot read setting " + key + ": " + item + ", expected name=path");
            }
            Path folder = expanded(item.substring(equals + 1)).toAbsolutePath().normalize();
            if (!Files.exists(folder)) {
                throw new UsageException("Cannot read setting " + key + ": " + folder + " is not there");
            }
            folders.put(item.substring(0, equals), folder);
        }
        return folders;
    }
}
