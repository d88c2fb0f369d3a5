package org.dreamboothactors.actors.device;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;

/**
 * The place of a trainer among those that train one run together.
 *
 * @param gang grows with every new gang of the run: trainers of an older one are refused
 * @param rank from 0
 * @param way on which it meets the others
 */
public record RankPlace(String run, long gang, int rank, int ranks, Way way) {

    /** How ranks exchange numbers. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "way")
    @JsonSubTypes({@JsonSubTypes.Type(SharedFile.class), @JsonSubTypes.Type(Ring.class)})
    public sealed interface Way {}

    /**
     * On one machine.
     *
     * @param file that the ranks map; rank 0 makes it
     */
    public record SharedFile(Path file) implements Way {}

    /**
     * Between machines: each calls the next one's door. The own one was opened before, by
     * {@link DeviceCommand.OpenDoor}.
     */
    public record Ring(String nextHost, int nextPort) implements Way {}
}
