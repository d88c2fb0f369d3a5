package org.dreamboothactors.diffusion.kernels;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.dreamboothactors.diffusion.kernels.Argument.Many;
import org.dreamboothactors.diffusion.kernels.Argument.Named;
import org.dreamboothactors.diffusion.kernels.Argument.One;
import org.dreamboothactors.diffusion.tokenizer.Djl;

/**
 * Named operations on tensors, the only place that speaks to libtorch beyond DJL's own operators.
 *
 * <p>The operations are TorchScript, in {@code kernels.py} beside this class. Everything made here, weights included,
 * belongs to {@link #manager} and is freed when this is closed. Owned by one thread: libtorch's modes are per thread.
 */
public final class Kernels implements AutoCloseable {
    private static final String METHOD = "module_method:";
    private static final String SOURCE = source();
    private static final String REVISION = sum(SOURCE);

    private final int threads;
    private final PtNDManager manager;
    /** Of arrays in the memory of this process, wherever others lie. */
    private final NDManager host;

    private final Processor processor;
    private final PtSymbolBlock script;
    /** Modules of kernels that were defined for one model, by the kernel's name. */
    private final Map<String, PtSymbolBlock> defined = new HashMap<>();

    private final Map<String, NDArray> methods = new HashMap<>();

    private Kernels(int threads, PtNDManager manager, Processor processor, PtSymbolBlock script) {
        this.threads = threads;
        this.manager = manager;
        this.host = manager.newSubManager(Device.cpu());
        this.processor = processor;
        this.script = script;
    }

    /**
     * Starts libtorch on the calling thread: on the first CUDA device that this process sees, else on the processor.
     *
     * @param threads that one operation may use; part of what fixes its bits
     */
    public static Kernels open(int threads) {
        return open(threads, Processor.here());
    }

    /** The same, as on another processor. */
    static Kernels open(int threads, Processor processor) {
        Djl.stayLocal();
        Engine.getEngine("PyTorch");
        if (JniUtils.getNumThreads() != threads) { // changing it twice in a process ends in libtorch's terminate()
            JniUtils.setNumThreads(threads);
        }
        // The profiling executor gains nothing on a CPU and holds more memory from step to step.
        JniUtils.setGraphExecutorOptimize(false);
        PtNDManager manager = (PtNDManager) NDManager.newBaseManager(device(), "PyTorch");
        return new Kernels(threads, manager, processor, loaded(manager, processor, ""));
    }

    private static Device device() {
        boolean cuda = Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);
        return cuda ? Device.gpu() : Device.cpu();
    }

    /** Others on the same thread, for what is to be freed before what these own. */
    public Kernels beside() {
        return open(threads, processor);
    }

    /**
     * Adds a kernel that calls others; one of the same name is replaced.
     *
     * @param method a method of class {@code Kernels} in {@code kernels.py}
     */
    public void define(String kernel, String method) {
        PtSymbolBlock before = defined.put(kernel, loaded(manager, processor, method));
        if (before != null) {
            before.close();
        }
    }

    private static PtSymbolBlock loaded(PtNDManager manager, Processor processor, String more) {
        try {
            byte[] archive = ScriptArchive.of(SOURCE + about(processor) + more);
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot load the kernels: " + e.getMessage(), e);
        }
    }

    private static String source() {
        try (InputStream source = Objects.requireNonNull(Kernels.class.getResourceAsStream("kernels.py"))) {
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the kernels: " + e.getMessage(), e);
        }
    }

    private static String sum(String source) {
        CRC32 sum = new CRC32();
        sum.update(source.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** Tells versions of the operations apart, whose bits may differ: the CRC-32 of their source. */
    public static String revision() {
        return REVISION;
    }

    /** What kernels ask about the processor, as a method of theirs. */
    private static String about(Processor processor) {
        return """

                  def mkl_is_slow(self: __torch__.Kernels) -> bool:
                    return %s

                  def has_tiles(self: __torch__.Kernels) -> bool:
                    return %s

                  def has_slow_convolutions(self: __torch__.Kernels) -> bool:
                    return %s
                """.formatted(
                python(!processor.isOfIntel()), python(processor.hasTiles()), python(processor.hasSlowConvolutions()));
    }

    private static String python(boolean truth) {
        return truth ? "True" : "False";
    }

    /** What they run on where they run on a CPU. */
    public Processor processor() {
        return processor;
    }

    /** What they run on, in one word, e.g. {@code cpu=GenuineIntel/amx_bf16} or {@code cuda=NVIDIA_H200/sm_90}. */
    public String hardware() {
        return onCuda()
                ? "cuda=" + CudaDevice.first().map(CudaDevice::toString).orElse("unknown")
                : "cpu=" + processor.vendor() + "/" + processor.instructions();
    }

    /** Whether what they run on multiplies bf16 itself. */
    public boolean multiplyBf16() {
        return onCuda() ? CudaDevice.first().map(CudaDevice::multipliesBf16).orElse(false) : processor.multipliesBf16();
    }

    /** Whether they run on a CUDA device. */
    public boolean onCuda() {
        return manager.getDevice().isGpu();
    }

    /** Owner of what lives as long as this. */
    public NDManager manager() {
        return manager;
    }

    /** Owner of arrays that lie in the memory of this process, and live as long as this. */
    public NDManager host() {
        return host;
    }

    /** A whole number as kernels take it; on the host, so that no device has to be waited for. */
    public NDArray number(long value) {
        return host.create(new long[] {value}, new Shape());
    }

    /** A number as kernels take it, in fp64. */
    public NDArray number(double value) {
        return host.create(new double[] {value}, new Shape());
    }

    /** Runs a kernel; nothing can be derived from its result. */
    NDArray run(String kernel, NDManager owner, Argument... arguments) {
        return call(kernel, false, owner, arguments).getFirst();
    }

    /** Runs a kernel that gives several results; nothing can be derived from them. */
    List<NDArray> runForMany(String kernel, NDManager owner, Argument... arguments) {
        return call(kernel, false, owner, arguments);
    }

    /** Runs a kernel and keeps what {@link #gradients} of its result need. */
    NDArray record(String kernel, NDManager owner, Argument... arguments) {
        return call(kernel, true, owner, arguments).getFirst();
    }

    /**
     * Gradients of the loss with respect to {@code inputs} of a recorded result; what was kept for them is freed.
     *
     * @param upstream gradient of the loss with respect to {@code output}
     */
    List<NDArray> gradients(NDArray output, NDArray upstream, List<NDArray> inputs, NDManager owner) {
        return call("gradients", true, owner, new One(output), new One(upstream), new Many(inputs));
    }

    /**
     * Arrays as blocks compute with them: in the type and the order of memory of {@code arithmetic}. Single numbers stay as
     * they are, and what is right already shares its memory.
     */
    public List<NDArray> prepared(List<NDArray> arrays, Arithmetic arithmetic, NDManager owner) {
        try (NDArray bf16 = number(arithmetic.bf16() ? 1 : 0);
                NDArray channelsLast = number(arithmetic.channelsLast() ? 1 : 0)) {
            return call("prepared", false, owner, new Many(arrays), new One(bf16), new One(channelsLast));
        }
    }

    /**
     * How gradients are clipped.
     *
     * @param norm of all of them together
     * @param scale they are to be multiplied by, 1 where the norm is small enough
     */
    public record Clipping(double norm, double scale) {}

    /** What brings the norm of all gradients together down to {@code most}. */
    public Clipping clipping(List<NDArray> gradients, double most, NDManager owner) {
        try (NDArray limit = number(most);
                NDArray found = run("clipping", owner, new Many(gradients), new One(limit))) {
            float[] numbers = found.toFloatArray();
            return new Clipping(numbers[0], numbers[1]);
        }
    }

    /**
     * One step of AdamW on several tensors, in place.
     *
     * @param numbers learning rate, beta 1, beta 2, weight decay, epsilon, number of this step from 1, and what gradients
     *     are multiplied by
     */
    public void adamw(
            List<NDArray> weights,
            List<NDArray> gradients,
            List<NDArray> means,
            List<NDArray> squares,
            double[] numbers,
            NDManager owner) {
        try (NDArray values = host.create(numbers)) {
            run(
                            "adamw",
                            owner,
                            new Many(weights),
                            new Many(gradients),
                            new Many(means),
                            new Many(squares),
                            new One(values))
                    .close();
        }
    }

    /**
     * What 8 bits stand for.
     *
     * @param map (256), ascending
     * @param boundaries (256), between neighbours and above the last
     * @param starts (65536), int32: for each whole number from -32768 on, the least code of what has that part of 32767 as
     *     its root
     */
    public record Codes(NDArray map, NDArray boundaries, NDArray starts) {
        private List<NDArray> with(NDArray codes, NDArray scales) {
            return List.of(codes, scales, map, boundaries, starts);
        }
    }

    /**
     * One step of AdamW with moments in 8 bits on one tensor of n numbers, in place.
     *
     * @param means (n), uint8, codes of {@code signed}
     * @param meanScales (n / 256, rounded up), what a block of means is multiplied by
     * @param squares (n), uint8, codes of {@code unsigned}
     * @param numbers as for {@link #adamw}
     */
    public void adamw8bit(
            NDArray weight,
            NDArray gradient,
            NDArray means,
            NDArray meanScales,
            Codes signed,
            NDArray squares,
            NDArray squareScales,
            Codes unsigned,
            double[] numbers) {
        try (NDArray values = host.create(numbers)) {
            run(
                            "adamw_8bit",
                            manager,
                            new One(weight),
                            new One(gradient),
                            new Many(signed.with(means, meanScales)),
                            new Many(unsigned.with(squares, squareScales)),
                            new One(values))
                    .close();
        }
    }

    /** Moves each of {@code targets} the share {@code share} of its way towards its goal, in place. */
    public void approach(List<NDArray> targets, List<NDArray> goals, double share) {
        try (NDArray number = number(share)) {
            run("approach", manager, new Many(targets), new Many(goals), new One(number))
                    .close();
        }
    }

    /** Copies {@code source} over {@code target}, which keeps its identity. */
    public void assign(NDArray target, NDArray source) {
        NDArray plain = target.stopGradient();
        plain.attach(manager);
        run("assign", manager, new One(plain), new One(source)).close();
        plain.close();
    }

    private NDList call(String kernel, boolean graph, NDManager owner, Argument... arguments) {
        NDList inputs = new NDList();
        for (int i = 0; i < arguments.length; i++) {
            add(inputs, "a" + i, arguments[i]);
        }
        inputs.add(methods.computeIfAbsent(kernel, name -> {
            NDArray marker = number(0);
            marker.setName(METHOD + name);
            return marker;
        }));
        JniUtils.setGradMode(graph);
        try {
            NDList result = IValueUtils.forward(defined.getOrDefault(kernel, script), inputs, true);
            result.attach(owner);
            return result;
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** DJL reads an argument's kind from its name. */
    private static void add(NDList inputs, String name, Argument argument) {
        switch (argument) {
            case One(NDArray array) -> {
                array.setName("");
                inputs.add(array);
            }
            case Many(List<NDArray> arrays) -> {
                for (NDArray array : arrays) {
                    array.setName(name + "[]");
                    inputs.add(array);
                }
            }
            case Named(Map<String, NDArray> arrays) ->
                arrays.forEach((key, array) -> {
                    array.setName(name + "." + key);
                    inputs.add(array);
                });
        }
    }

    @Override
    public void close() {
        defined.values().forEach(PtSymbolBlock::close);
        script.close();
        manager.close();
    }
}
