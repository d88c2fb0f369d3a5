package org.dreamboothactors.actors.trainer;

import java.time.InstantSource;
import org.dreamboothactors.actors.device.Gang;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.Shift;

/**
 * What a trainer has at hand for one delivery of a run.
 *
 * @param scratch deleted with the delivery
 */
record Workplace(Node node, Gang device, Shift shift, Scratch scratch, InstantSource clock) {}
