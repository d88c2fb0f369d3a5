package org.dreamboothactors.actors.coordinator;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.UploadKeys;
import org.dreamboothactors.protocol.UploadLimits;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/**
 * Pictures and cached latents that came with an upload: whether there can be so many of them. What they show or hold,
 * intake and encoders judge.
 */
final class GivenPictures {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private GivenPictures() {}

    /** What is wrong, as a sentence for people. */
    static Optional<String> complaint(SubjectUpload upload, RunSpec spec) {
        if (upload.getPhotosCount() > UploadLimits.PHOTOS) {
            return Optional.of("it has " + upload.getPhotosCount() + " photos, expected 3 to 40");
        }
        if (upload.getClassPhotosCount() > UploadLimits.CLASS_PHOTOS) {
            return Optional.of("it has " + upload.getClassPhotosCount() + " class images, expected at most "
                    + UploadLimits.CLASS_PHOTOS);
        }
        int photoLatents = upload.getPhotoLatentsCount();
        if (photoLatents != 0 && photoLatents != upload.getPhotosCount()) {
            return Optional.of("it has latents of " + photoLatents + " photos and " + upload.getPhotosCount()
                    + " photos, expected one for each or none");
        }
        if (photoLatents > 0 && spec.getEncodeOnline()) {
            return Optional.of("it has latents of " + photoLatents
                    + " photos and encode_online, which encodes them anew in each step, expected one of the two");
        }
        int classLatents = upload.getClassLatentsCount();
        if (classLatents > UploadLimits.CLASS_LATENTS) {
            return Optional.of("it has " + classLatents + " latents of class images, expected at most "
                    + UploadLimits.CLASS_LATENTS);
        }
        Optional<String> unusable = Stream.concat(
                        upload.getPhotoLatentsList().stream(), upload.getClassLatentsList().stream())
                .flatMap(latents -> unusable(upload.getTenant(), latents).stream())
                .findFirst();
        if (unusable.isPresent()) {
            return unusable;
        }
        int classPhotos = upload.getClassPhotosCount();
        if (classPhotos > 0 && classLatents > 0) {
            return Optional.of("it has " + classPhotos + " class images and latents of " + classLatents
                    + " others, expected one of the two");
        }
        if (classPhotos > 0 && !spec.hasPrior()) {
            return Optional.of("it has class images and no prior preservation, expected both or none");
        }
        if (classLatents > 0 && !spec.hasPrior()) {
            return Optional.of("it has latents of class images and no prior preservation, expected both or none");
        }
        return Optional.empty();
    }

    /** Key, size and digest are what a client says; keys and files are named after them. */
    private static Optional<String> unusable(String tenant, StoredObject latents) {
        if (!UploadKeys.belongs(tenant, latents.getKey())) {
            return Optional.of("the key of some latents is not one of the tenant's uploads, expected uploads/" + tenant
                    + "/<name>");
        }
        if (!SHA256.matcher(latents.getSha256()).matches()) {
            return Optional.of("the latents " + latents.getKey() + " have no SHA-256, expected 64 of [0-9a-f]");
        }
        return latents.getSizeBytes() < 0 || latents.getSizeBytes() > UploadLimits.OBJECT_BYTES
                ? Optional.of("the latents " + latents.getKey() + " are " + latents.getSizeBytes()
                        + " bytes, expected at most " + UploadLimits.OBJECT_BYTES)
                : Optional.empty();
    }

    /** The latents of these photos, or none. */
    static List<StoredObject> latents(SubjectUpload upload, List<PhotoJudged> photos) {
        return upload.getPhotoLatentsCount() == 0
                ? List.of()
                : photos.stream()
                        .map(photo -> upload.getPhotoLatents(photo.getIndex()))
                        .toList();
    }
}
