package org.dreamboothactors.deploy.local;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.actors.ServiceSettings;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.settings.Settings;
import org.dreamboothactors.diffusion.SupportedModel;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;

/** Turns the settings of people into what the service is told. */
public final class Configuration {
    private static final String BUNDLED = "toy-world";
    private static final long GIB = 1L << 30;

    private final Settings settings;
    private final Map<String, Path> baseModels;
    private final Map<String, Path> judges = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Checks the base models at once.
     *
     * @param home root of the program's folder, where the bundled base model lies
     * @param baseModel a folder or a file named on the command line; becomes the default. Files are converted now
     */
    public Configuration(Settings settings, Path home, Optional<Path> baseModel) {
        this.settings = settings;
        this.baseModels = new LinkedHashMap<>();
        ModelFolders folders = ModelFolders.below(home);
        baseModel.ifPresent(model -> {
            Path absolute = model.toAbsolutePath().normalize();
            baseModels.put(ModelFolders.name(absolute), folders.ready(absolute, notes::add));
        });
        settings.paths("base-models").forEach((name, model) -> {
            if (!baseModels.containsKey(name)) {
                baseModels.put(name, folders.ready(model, notes::add));
            }
        });
        if (baseModels.isEmpty()) {
            baseModels.put(BUNDLED, home.resolve("base-model"));
            judges.put(BUNDLED, home.resolve("judge"));
        }
        settings.paths("judges").forEach((name, judge) -> {
            if (!baseModels.containsKey(name)) {
                throw new UsageException("Cannot read setting judges: there is no base model " + name
                        + ", expected one of " + String.join(", ", baseModels.keySet()));
            }
            judges.put(name, judge);
        });
        judges.forEach((name, judge) -> {
            if (!Files.isDirectory(judge.resolve(Judge.PART)) && !Files.exists(judge.resolve("config.json"))) {
                throw new UsageException(
                        "Cannot use " + judge + " as judge of " + name + ": it has neither " + Judge.PART
                                + " nor config.json, expected a judge that pretrain made or a CLIP of transformers");
            }
        });
        baseModels.forEach((name, folder) -> {
            if (!Files.exists(folder.resolve("model_index.json"))) {
                throw new UsageException(
                        "Cannot use base model " + name + ": " + folder
                                + " has no model_index.json, expected a folder in diffusers layout or a model in one file. Give another --base-model");
            }
            try {
                SupportedModel.require(folder);
            } catch (IllegalArgumentException | UnsupportedOperationException | UncheckedIOException e) {
                throw new UsageException("Cannot use base model " + name + ": " + e.getMessage(), e);
            }
        });
    }

    /** Folders by the names that requests use; the first is the default unless the settings name another. */
    public Map<String, Path> baseModels() {
        return Collections.unmodifiableMap(baseModels);
    }

    /** Lines about models that were converted, for people. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Everything a node is told. */
    public ServiceSettings service(KafkaConnection kafka, StoreSettings store, Path workDirectory) {
        String first = baseModels.keySet().iterator().next();
        String chosen = settings.given("default-base-model").orElse(first);
        if (!baseModels.containsKey(chosen)) {
            throw new UsageException("Cannot read setting default-base-model: " + chosen + ", expected one of "
                    + String.join(", ", baseModels.keySet()));
        }
        List<DeviceName> devices = devices();
        int threads = settings.number("threads-per-device", 0, 1024);
        int share = Math.max(1, Runtime.getRuntime().availableProcessors() / Math.max(1, devices.size()));
        return new ServiceSettings(
                kafka,
                store,
                workDirectory,
                baseModels,
                judges,
                chosen,
                devices,
                threads == 0 ? share : threads,
                settings.number("class-image-group-size", 1, 64),
                settings.duration("train-slice"),
                settings.duration("max-commit-interval"),
                settings.duration("stop-patience"),
                new TenantLimits(
                        settings.number("tenant-waiting-runs", 0, Integer.MAX_VALUE),
                        settings.duration("tenant-run-time"),
                        settings.number("tenant-storage-gib", 0, Integer.MAX_VALUE) * GIB),
                settings.text("dashboard-host"),
                settings.list("dashboard-names"),
                settings.number("dashboard-port", 0, 65535),
                settings.given("dashboard-token").orElseGet(Configuration::secret));
    }

    private List<DeviceName> devices() {
        try {
            List<DeviceName> devices =
                    settings.list("devices").stream().map(DeviceName::parse).toList();
            if (Set.copyOf(devices).size() < devices.size()) {
                throw new UsageException("Cannot read setting devices: " + settings.text("devices")
                        + " names a device twice, expected a number of its own for each");
            }
            if (devices.stream().map(DeviceName::kind).distinct().count() > 1) {
                throw new UsageException("Cannot read setting devices: " + settings.text("devices")
                        + " are of two kinds, expected one: together they would not train to the same bits."
                        + " Start a node for each kind");
            }
            return devices;
        } catch (IllegalArgumentException e) {
            throw new UsageException("Cannot read setting devices: " + e.getMessage(), e);
        }
    }

    /** 128 random bits as hexadecimal text. */
    public static String secret() {
        byte[] bits = new byte[16];
        new SecureRandom().nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }
}
