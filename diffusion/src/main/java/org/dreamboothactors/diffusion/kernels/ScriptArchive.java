package org.dreamboothactors.diffusion.kernels;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made from source text: what {@code torch.jit.save} would write for a module without tensors.
 *
 * <p>A STORED zip of a pickled object, the code, and an empty tuple of constants (PyTorch,
 * {@code torch/csrc/jit/docs/serialization.md}).
 */
final class ScriptArchive {
    /** Protocol 2: an object of class {@code __torch__.Kernels} whose state is {@code {"training": true}}. */
    private static final byte[] OBJECT = pickled();

    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
    private static final byte[] FORMAT_VERSION = "3\n".getBytes(StandardCharsets.US_ASCII);

    private ScriptArchive() {}

    static byte[] of(String source) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            store(zip, "data.pkl", OBJECT);
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", EMPTY_TUPLE);
            store(zip, "version", FORMAT_VERSION);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return archive.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("kernels/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] pickled() {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        byte[] name = "training".getBytes(StandardCharsets.US_ASCII);
        pickle.writeBytes(new byte[] {(byte) 0x80, 2});
        pickle.writeBytes("c__torch__\nKernels\n".getBytes(StandardCharsets.US_ASCII));
        pickle.writeBytes(new byte[] {')', (byte) 0x81, '}', '('}); // new object, empty dict, mark
        pickle.writeBytes(new byte[] {'X', (byte) name.length, 0, 0, 0});
        pickle.writeBytes(name);
        pickle.writeBytes(new byte[] {(byte) 0x88, 'u', 'b', '.'}); // true, set items, set state, stop
        return pickle.toByteArray();
    }
}
