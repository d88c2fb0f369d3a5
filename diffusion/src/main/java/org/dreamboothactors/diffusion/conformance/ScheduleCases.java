package org.dreamboothactors.diffusion.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Sampler;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;

/** Cases that need no model. */
final class ScheduleCases {
    private ScheduleCases() {}

    static void tokenizer(CaseFolder reference, Comparison compare) {
        try (ClipTokenizer tokenizer = ClipTokenizer.open(reference.folder("tokenizer"))) {
            int row = 0;
            for (JsonNode node : reference.settings().path("rows")) {
                String text = node.path("text").asText();
                long[] ids = StreamSupport.stream(node.path("ids").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
                compare.exact("row " + row + " ids", tokenizer.ids(text), ids);
                long length = node.path("untruncated_length").asLong();
                compare.exact(
                        "row " + row + " length", new long[] {tokenizer.untruncatedLength(text)}, new long[] {length});
                row++;
            }
        }
    }

    static void noiseSchedule(CaseFolder reference, Comparison compare) {
        NoiseSchedule schedule =
                NoiseSchedule.of(new SchedulerSettings(reference.settings().path("config")));
        float[] samples = reference.tensor("in.sample").floats();
        float[] noise = reference.tensor("in.noise").floats();
        int[] timesteps = reference.tensor("in.timesteps").ints();
        compare.schedule("alphas_cumprod", schedule.alphasCumprod(), reference.tensor("out.alphas_cumprod"));
        compare.schedule("noisy", schedule.addNoise(samples, noise, timesteps), reference.tensor("out.noisy"));
        compare.schedule("velocity", schedule.velocity(samples, noise, timesteps), reference.tensor("out.velocity"));
    }

    static void scheduler(CaseFolder reference, Comparison compare) {
        JsonNode settings = reference.settings();
        Sampler sampler = SamplerKind.of(settings.path("scheduler").asText())
                .start(
                        new SchedulerSettings(settings.path("config")),
                        settings.path("steps").asInt(),
                        settings.path("eta").asDouble(0));
        float[] timesteps = sampler.timesteps();
        compare.schedule("timesteps", timesteps, reference.tensor("out.timesteps"));
        float[] sample = reference.tensor("in.sample").floats();
        Tensor outputs = reference.tensor("in.model_outputs");
        Tensor expected = reference.tensor("out.samples");
        for (int i = 0; i < timesteps.length && i < expected.shape().getFirst(); i++) {
            int step = i;
            sample = sampler.step(
                    i,
                    outputs.part(i),
                    sample,
                    () -> reference.tensor("in.noises").part(step));
            compare.schedule("sample after step " + i, sample, expected, i);
        }
    }
}
