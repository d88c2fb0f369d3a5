package org.dreamboothactors.diffusion.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.dreamboothactors.diffusion.conformance.CaseResult.CannotRun;
import org.dreamboothactors.diffusion.conformance.CaseResult.Failed;
import org.dreamboothactors.diffusion.conformance.CaseResult.Outcome;
import org.dreamboothactors.diffusion.conformance.CaseResult.Passed;
import org.dreamboothactors.diffusion.conformance.RankedCase.Finding;

/** The training cases of a folder on several ranks: each must match the reference, and all must end in the same bits. */
public final class RankedConformance {
    private static final String TRAINING = "training";

    private RankedConformance() {}

    /**
     * Runs every training case below {@code folder}, telling {@code onResult} of each when it ends.
     *
     * @param scratch folder for the file that the ranks share, best one in memory
     */
    public static List<CaseResult> run(Path folder, int ranks, Path scratch, Consumer<CaseResult> onResult) {
        List<CaseResult> results = new ArrayList<>();
        for (Path path : Conformance.cases(folder)) {
            if (isTraining(path)) {
                String name = folder.toAbsolutePath().relativize(path) + " on " + ranks + " ranks";
                CaseResult result = new CaseResult(name, TRAINING, outcome(RankedCase.run(path, ranks, scratch)));
                results.add(result);
                onResult.accept(result);
            }
        }
        return results;
    }

    private static boolean isTraining(Path path) {
        try {
            return CaseFolder.read(path).kind().equals(TRAINING);
        } catch (IOException | RuntimeException e) {
            return true; // it will say why it cannot run
        }
    }

    private static Outcome outcome(List<Finding> findings) {
        long digests = findings.stream().map(Finding::weightsSha256).distinct().count();
        if (digests > 1) {
            return new Failed(Double.POSITIVE_INFINITY, "the ranks' weights, of which there are " + digests);
        }
        return findings.stream()
                .map(Finding::outcome)
                .max(Comparator.comparingDouble(RankedConformance::badness))
                .orElseThrow();
    }

    private static double badness(Outcome outcome) {
        return switch (outcome) {
            case Passed(double deviation, String _) -> deviation;
            case Failed(double deviation, String _) -> deviation;
            case CannotRun _ -> Double.POSITIVE_INFINITY;
        };
    }
}
