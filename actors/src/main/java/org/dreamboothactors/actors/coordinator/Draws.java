package org.dreamboothactors.actors.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** Pictures that clients ask for: of the base model and of public checkpoints, once the run is accepted. */
record Draws(Specs specs, int groupSize) {
    private static final int MOST_PROMPTS = 64;
    private static final double LARGEST_LORA_WEIGHT = 100;
    private static final long LARGEST_LORA_BYTES = 2L << 30;

    List<Decision> of(RunState run) {
        List<Decision> decisions = new ArrayList<>();
        run.draws().forEach((controlId, samples) -> {
            if (!run.requested().contains(WorkId.draw(controlId))) {
                decide(run, controlId, samples).ifPresent(decisions::add);
            }
        });
        return decisions;
    }

    private Optional<Decision> decide(RunState run, String controlId, SampleRequest samples) {
        if (run.erasure().isWanted()) {
            return refuse(controlId, "the run is erased");
        }
        Optional<End> over = run.end().filter(end -> !(end instanceof End.Ready));
        if (over.isPresent()) {
            return refuse(controlId, "the run " + over.get().word());
        }
        if (run.accepted().isEmpty() || run.upload().isEmpty()) {
            return Optional.empty(); // it may still be
        }
        RunAccepted accepted = run.accepted().get();
        SampleRequest resolved = samples.toBuilder()
                .setSampling(specs.sampling(samples.getSampling(), accepted.getSpec()))
                .build();
        Optional<String> complaint = complaint(run, resolved);
        if (complaint.isPresent()) {
            return refuse(controlId, complaint.get());
        }
        SubjectUpload upload = run.upload().get();
        Requests requests = new Requests(run.runId(), upload.getTenant(), accepted, groupSize);
        return Optional.of(new Decision.Draw(List.of(requests.draw(controlId, resolved))));
    }

    private static Optional<Decision> refuse(String controlId, String reason) {
        return Optional.of(new Decision.RefuseDraw(controlId, "Cannot draw: " + reason));
    }

    private static Optional<String> complaint(RunState run, SampleRequest samples) {
        Complaints complaints = new Complaints();
        complaints.prompts("prompts", samples.getPromptsList(), MOST_PROMPTS);
        complaints.sampling("sampling", samples.getSampling());
        if (samples.hasLora()) {
            complaints.between("lora.weight", samples.getLora().getWeight(), -LARGEST_LORA_WEIGHT, LARGEST_LORA_WEIGHT);
            complaints.range("lora.file.size_bytes", samples.getLora().getFile().getSizeBytes(), 1, LARGEST_LORA_BYTES);
        }
        long step = samples.getCheckpointStep();
        if (step != 0 && !run.published().contains(step)) {
            complaints.add("no checkpoint of step " + step + " is published, expected 0 for the base model or one of "
                    + run.published());
        }
        return complaints.sentence();
    }
}
