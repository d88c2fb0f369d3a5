package org.dreamboothactors.protocol;

import java.util.Locale;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.Verdict;

/** What the judge says, in one line for people. */
public final class VerdictText {
    private VerdictText() {}

    /** E.g. {@code step 20: subject 0.81 ...} or {@code base model: ...}. */
    public static String of(ModelJudged judged) {
        return (judged.getStep() == 0 ? "base model: " : "step " + judged.getStep() + ": ") + of(judged.getVerdict());
    }

    /** E.g. {@code ready at step 40, ended before step 500 as it got worse, the judge recommends step 20}. */
    public static String of(RunReady ready) {
        long best = ready.getRecommendedStep();
        return "ready at step " + ready.getStep()
                + (ready.getPlannedSteps() > ready.getStep()
                        ? ", ended before step " + ready.getPlannedSteps() + " as it got worse"
                        : "")
                + (best == 0 || best == ready.getStep() ? "" : ", the judge recommends step " + best);
    }

    /** E.g. {@code subject 0.81 (base model 0.35), prompt 0.62 (0.64), class drift +0.05, diversity 0.31 (0.52), gain +0.40}. */
    public static String of(Verdict verdict) {
        if (!verdict.hasScores()) {
            return "not judged: " + verdict.getNotJudged();
        }
        PictureScores now = verdict.getScores();
        PictureScores base = verdict.getBase();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "subject %.2f (base model %.2f), prompt %.2f (%.2f)",
                now.getSubjectFidelity(),
                base.getSubjectFidelity(),
                now.getPromptFidelity(),
                base.getPromptFidelity()));
        if (now.hasClassLikeness() && base.hasClassLikeness()) {
            text.append(String.format(
                    Locale.ROOT, ", class drift %+.2f", now.getClassLikeness() - base.getClassLikeness()));
        }
        if (now.hasDiversity() && base.hasDiversity()) {
            text.append(String.format(Locale.ROOT, ", diversity %.2f (%.2f)", now.getDiversity(), base.getDiversity()));
        }
        return text.append(String.format(Locale.ROOT, ", gain %+.2f", verdict.getGain()))
                .toString();
    }
}
