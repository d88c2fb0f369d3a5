package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Folders of latents that were cached before, where a run is to use them.
 *
 * @param photos model.data.cached_instance_dir
 * @param classImages model.data.cached_reg_dir
 */
public record CachedFolders(Optional<Path> photos, Optional<Path> classImages) {}
