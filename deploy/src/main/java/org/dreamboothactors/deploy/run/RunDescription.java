package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;

/**
 * A run as a person asked for it.
 *
 * @param photos folder of the subject's photos
 * @param spec what to train and how; unset fields take the service's defaults
 * @param baseModel a folder to train from, where one is named by path
 * @param classImages folder of class images: the user's own are in it, and those that are made are stored there
 * @param cached latents of pictures are taken from folders, or put there; empty: the service's own cache is all there is
 * @param sampling how every picture is drawn; unset fields take the service's defaults
 * @param pictureSeed of pictures drawn to look at
 */
public record RunDescription(
        Optional<Path> photos,
        RunSpec spec,
        Optional<Path> baseModel,
        Optional<Path> classImages,
        Optional<CachedFolders> cached,
        Sampling sampling,
        long pictureSeed) {}
