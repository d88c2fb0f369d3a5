package org.dreamboothactors.diffusion.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The first CUDA device that this process sees, as its driver tells it. libtorch knows it too, but DJL does not ask.
 *
 * @param model e.g. {@code NVIDIA H200}
 * @param major of the compute capability, e.g. 9
 * @param minor of the compute capability
 */
public record CudaDevice(String model, int major, int minor) {
    private static final String DRIVER = "libcuda.so.1";
    private static final int LONGEST_NAME = 256;
    private static final int MAJOR = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
    private static final int MINOR = 76;
    private static final int AMPERE = 8;

    /** Empty where there is no driver, or no device. */
    @SuppressWarnings("restricted") // as DJL, whose libraries this process has loaded
    public static Optional<CudaDevice> first() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup driver = SymbolLookup.libraryLookup(DRIVER, Arena.global());
            MemorySegment device = arena.allocate(JAVA_INT);
            MemorySegment number = arena.allocate(JAVA_INT);
            MemorySegment name = arena.allocate(LONGEST_NAME);
            boolean known = (int) function(driver, "cuInit", JAVA_INT).invokeExact(0) == 0
                    && (int) function(driver, "cuDeviceGet", ADDRESS, JAVA_INT).invokeExact(device, 0) == 0
                    && (int) function(driver, "cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT)
                                    .invokeExact(name, LONGEST_NAME, device.get(JAVA_INT, 0))
                            == 0;
            if (!known) {
                return Optional.empty();
            }
            MethodHandle attribute = function(driver, "cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
            int major = attribute(attribute, number, MAJOR, device.get(JAVA_INT, 0));
            int minor = attribute(attribute, number, MINOR, device.get(JAVA_INT, 0));
            return Optional.of(new CudaDevice(name.getString(0), major, minor));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no such library
        } catch (Throwable e) { // a method handle may throw anything
            throw new IllegalStateException("Cannot ask CUDA's driver for its device: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(SymbolLookup driver, String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(driver.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static int attribute(MethodHandle attribute, MemorySegment number, int which, int device) throws Throwable {
        int error = (int) attribute.invokeExact(number, which, device);
        return error == 0 ? number.get(JAVA_INT, 0) : 0;
    }

    /** Whether it multiplies bf16 itself. */
    public boolean multipliesBf16() {
        return major >= AMPERE;
    }

    /** In one word, e.g. {@code NVIDIA_H200/sm_90}. */
    @Override
    public String toString() {
        return model.replace(' ', '_') + "/sm_" + major + minor;
    }
}
