package org.dreamboothactors.diffusion.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.conformance.CaseResult.CannotRun;
import org.dreamboothactors.diffusion.conformance.CaseResult.Outcome;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** Runs a folder of reference cases through the classes that the product itself uses. */
public final class Conformance {
    private static final String UNREADABLE = "(unreadable)";

    private Conformance() {}

    /** What cases are computed on, in one word. */
    public static String hardware() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            return kernels.hardware();
        }
    }

    /**
     * Runs every case below {@code folder} in the order of their names.
     *
     * @param kinds the kinds to run; empty for all
     */
    public static List<CaseResult> run(Path folder, Set<String> kinds) {
        return run(folder, kinds, Compute.PLAIN, result -> {});
    }

    /**
     * As {@link #run(Path, Set)}, telling {@code onResult} of each case when it ends.
     *
     * @param compute how UNets and training are computed; in bf16 the losses of training are held to 2 % of the
     *     reference's fp32 and all else that depends on it is left out
     */
    public static List<CaseResult> run(Path folder, Set<String> kinds, Compute compute, Consumer<CaseResult> onResult) {
        List<CaseResult> results = new ArrayList<>();
        for (Path path : cases(folder)) {
            CaseResult result = runCase(folder, path, kinds, compute);
            // A case whose kind cannot be read may be of the kinds asked for.
            if (kinds.isEmpty()
                    || kinds.contains(result.kind())
                    || result.kind().equals(UNREADABLE)) {
                results.add(result);
                onResult.accept(result);
            }
        }
        return results;
    }

    static List<Path> cases(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> file.endsWith("case.json"))
                    .map(file -> file.toAbsolutePath().getParent())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot run reference cases: " + folder + " is not readable, expected a folder of cases", e);
        }
    }

    private static CaseResult runCase(Path root, Path path, Set<String> kinds, Compute compute) {
        String name = root.toAbsolutePath().relativize(path).toString();
        String kind = UNREADABLE;
        try {
            CaseFolder reference = CaseFolder.read(path);
            kind = reference.kind();
            boolean wanted = kinds.isEmpty() || kinds.contains(kind);
            return new CaseResult(name, kind, wanted ? check(reference, compute) : new CannotRun("not asked for"));
        } catch (IOException | RuntimeException e) {
            // A broken case, an unknown setting or a bug of ours: in every case the reader wants its name and the rest.
            return new CaseResult(name, kind, new CannotRun(String.valueOf(e.getMessage())));
        }
    }

    private static Outcome check(CaseFolder reference, Compute compute) throws IOException {
        Comparison compare = new Comparison();
        switch (reference.kind()) {
            case "tokenizer" -> ScheduleCases.tokenizer(reference, compare);
            case "noise_schedule" -> ScheduleCases.noiseSchedule(reference, compare);
            case "scheduler" -> ScheduleCases.scheduler(reference, compare);
            case "text_encoder" -> ModelCases.textEncoder(reference, compare);
            case "unet" -> ModelCases.unet(reference, compute.in(ComputePrecision.FP32), compare);
            case "vae" -> ModelCases.vae(reference, compare);
            case "training" -> RunCases.training(reference, compute, compare);
            case "pipeline" -> RunCases.pipeline(reference, compare);
            case "single_file", "nemo" -> FileCases.model(reference, compare);
            case "latent_pt" -> FileCases.latents(reference, compare);
            default -> {
                return new CannotRun("kind " + reference.kind() + " is not supported by this version");
            }
        }
        return compare.outcome();
    }
}
