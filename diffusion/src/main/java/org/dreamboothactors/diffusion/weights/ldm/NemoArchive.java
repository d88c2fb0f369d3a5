package org.dreamboothactors.diffusion.weights.ldm;

import java.io.IOException;
import java.util.Map;
import org.dreamboothactors.diffusion.weights.archive.FileSlice;
import org.dreamboothactors.diffusion.weights.archive.TarMembers;
import org.dreamboothactors.diffusion.weights.pickle.TorchFile;

/**
 * A {@code .nemo} file ({@code save_restore_connector.py} of NeMo): a tar archive of a YAML and pickled weights. Read
 * where it lies; nothing is unpacked.
 */
record NemoArchive(Told told, TorchFile weights) {
    private static final String CONFIG = "model_config.yaml";
    private static final String WEIGHTS = "model_weights.ckpt";

    static NemoArchive open(FileSlice file) throws IOException {
        Map<String, FileSlice> members = TarMembers.read(file);
        FileSlice config = members.get(CONFIG);
        FileSlice weights = members.get(WEIGHTS);
        if (config == null || weights == null) {
            throw new IllegalArgumentException("Cannot read " + file.file() + ": it holds "
                    + members.keySet().stream().limit(10).toList() + ", expected " + CONFIG + " and " + WEIGHTS
                    + " as NeMo writes");
        }
        if (config.sizeBytes() > OriginalConfig.LARGEST) {
            throw new IllegalArgumentException("Cannot read " + file.file() + ": its " + CONFIG + " has "
                    + config.sizeBytes() + " bytes, expected at most " + OriginalConfig.LARGEST);
        }
        byte[] yaml = new byte[(int) config.sizeBytes()];
        config.read(0, yaml.length).get(yaml);
        return new NemoArchive(OriginalConfig.read(yaml, file.file() + ", " + CONFIG), TorchFile.open(weights));
    }
}
