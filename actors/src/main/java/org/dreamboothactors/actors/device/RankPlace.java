package org.dreamboothactors.actors.device;

import java.nio.file.Path;

/**
 * The place of a trainer among those that train one run together on this machine.
 *
 * @param gang grows with every new gang of the run: trainers of an older one are refused
 * @param rank from 0
 * @param shared file that the ranks map; rank 0 makes it
 */
public record RankPlace(String run, long gang, int rank, int ranks, Path shared) {}
