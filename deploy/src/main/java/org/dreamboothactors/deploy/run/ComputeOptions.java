package org.dreamboothactors.deploy.run;

import java.util.Optional;
import org.dreamboothactors.protocol.v1.Compute;
import org.dreamboothactors.protocol.v1.Training;
import picocli.CommandLine.Option;

/** How to compute: time and memory, and the last digits of the result. */
final class ComputeOptions {
    @Option(
            names = "--precision",
            paramLabel = "WORD",
            description = "32, bf16, or auto: bf16 where the device multiplies it itself (auto)")
    Optional<String> precision = Optional.empty();

    @Option(
            names = "--optimizer",
            paramLabel = "WORD",
            description = "adamw, or adamw_8bit: a quarter of the memory for moments (adamw)")
    Optional<String> optimizer = Optional.empty();

    @Option(
            names = "--activation-checkpointing",
            negatable = true,
            description = "less memory for one more forward pass a step (no)")
    Optional<Boolean> activationCheckpointing = Optional.empty();

    @Option(
            names = "--channels-last",
            negatable = true,
            description = "keep the channels of a pixel side by side in memory (no)")
    Optional<Boolean> channelsLast = Optional.empty();

    @Option(
            names = "--flash-attention",
            negatable = true,
            description = "attention that never holds all of its scores (yes)")
    Optional<Boolean> flashAttention = Optional.empty();

    @Option(
            names = "--whole-graph",
            negatable = true,
            description = "run the UNet as one TorchScript graph; not with --activation-checkpointing (no)")
    Optional<Boolean> wholeGraph = Optional.empty();

    void apply(Training.Builder training) {
        activationCheckpointing.ifPresent(training::setActivationCheckpointing);
        Compute.Builder compute = training.getCompute().toBuilder();
        precision.ifPresent(compute::setPrecision);
        optimizer.ifPresent(compute::setOptimizer);
        channelsLast.ifPresent(compute::setChannelsLast);
        flashAttention.ifPresent(flash -> compute.setExplicitAttention(!flash));
        wholeGraph.ifPresent(compute::setWholeGraph);
        if (!compute.build().equals(Compute.getDefaultInstance())) {
            training.setCompute(compute);
        }
    }
}
