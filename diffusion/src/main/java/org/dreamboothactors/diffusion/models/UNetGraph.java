package org.dreamboothactors.diffusion.models;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A UNet as one kernel: TorchScript that calls the kernels of its blocks in the order of {@link UNet2DConditionModel},
 * so that libtorch sees the whole graph.
 *
 * <p>Parameters reach it by names with {@link org.dreamboothactors.diffusion.kernels.Block#SEPARATOR} after the block's
 * own prefix.
 */
final class UNetGraph {
    /** Name of the kernel. */
    static final String KERNEL = "unet";

    private final UNetPlan plan;
    private final StringBuilder source = new StringBuilder();
    private final Deque<String> skips = new ArrayDeque<>();
    private int values;
    private int attentions;
    private String x = "";

    private UNetGraph(UNetPlan plan) {
        this.plan = plan;
    }

    /** Method {@link #KERNEL} of the kernels' class. */
    static String source(UNetPlan plan) {
        return new UNetGraph(plan).written();
    }

    /** Prefixes of the blocks, the longer of two that fit a parameter being its own. */
    static List<String> prefixes(UNetPlan plan) {
        List<String> prefixes = new ArrayList<>(List.of("", "time_embedding."));
        for (UNetPlan.Level level : plan.levels()) {
            level.resnets().forEach(resnet -> prefixes.add(resnet.prefix()));
            level.attentions().forEach(attention -> {
                prefixes.add(attention.prefix());
                prefixes.addAll(attention.blocks());
            });
            if (level.resamples()) {
                prefixes.add(level.sampler());
            }
        }
        return prefixes;
    }

    /** Heads of the attentions in the order they run. */
    static long[] heads(UNetPlan plan) {
        return plan.levels().stream()
                .flatMap(level -> level.attentions().stream())
                .mapToLong(UNetPlan.Attention::heads)
                .toArray();
    }

    private String written() {
        source.append("""

                  def unet(self: __torch__.Kernels, sample: Tensor, timesteps: Tensor, context: Tensor, groups: Tensor, eps: Tensor, flip: Tensor, shift: Tensor, flash: Tensor, heads: Tensor, p: Dict[str, Tensor]) -> Tensor:
                    b = self.parts(p)
                    temb = self.time_embedding(timesteps, flip, shift, b["time_embedding."])
                """);
        x = assigned("self.conv_in(sample, b[\"\"])");
        skips.push(x);
        plan.down().forEach(this::down);
        resnet(plan.middle().resnets().get(0));
        attention(plan.middle().attentions().get(0));
        resnet(plan.middle().resnets().get(1));
        plan.up().forEach(this::up);
        return source.append("    return self.conv_out(" + x + ", groups, eps, b[\"\"])\n")
                .toString();
    }

    private void down(UNetPlan.Level level) {
        for (int j = 0; j < level.resnets().size(); j++) {
            resnet(level.resnets().get(j));
            if (!level.attentions().isEmpty()) {
                attention(level.attentions().get(j));
            }
            skips.push(x);
        }
        if (level.resamples()) {
            x = assigned("self.downsample(" + x + ", b[\"" + level.sampler() + "\"])");
            skips.push(x);
        }
    }

    private void up(UNetPlan.Level level) {
        for (int j = 0; j < level.resnets().size(); j++) {
            String prefix = level.resnets().get(j).prefix();
            x = assigned("self.resnet_up(" + x + ", " + skips.pop() + ", temb, groups, eps, b[\"" + prefix + "\"])");
            if (!level.attentions().isEmpty()) {
                attention(level.attentions().get(j));
            }
        }
        if (level.resamples()) {
            x = assigned("self.upsample(" + x + ", " + skips.element() + ", b[\"" + level.sampler() + "\"])");
        }
    }

    private void resnet(UNetPlan.Resnet resnet) {
        x = assigned("self.resnet(" + x + ", temb, groups, eps, b[\"" + resnet.prefix() + "\"])");
    }

    private void attention(UNetPlan.Attention attention) {
        String heads = "torch.select(heads, 0, " + attentions++ + ")";
        String outside = "b[\"" + attention.prefix() + "\"]";
        String t = assigned("self.pixels_to_tokens(" + x + ", groups, " + outside + ")");
        for (String prefix : attention.blocks()) {
            String block = "b[\"" + prefix + "\"]";
            String qkv = assigned("self.queries_keys_values(" + t + ", " + block + ")");
            String attended = assigned("self.self_attention(" + qkv + ", " + heads + ", flash)");
            t = assigned("self.after_self_attention(" + t + ", " + attended + ", context, " + heads + ", flash, "
                    + block + ")");
        }
        x = assigned("self.tokens_to_pixels(" + t + ", " + x + ", " + outside + ")");
    }

    private String assigned(String expression) {
        String name = "x" + values++;
        source.append("    " + name + " = " + expression + "\n");
        return name;
    }
}
