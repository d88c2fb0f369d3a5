package org.dreamboothactors.campaign.faults;

import java.time.Duration;
import org.dreamboothactors.campaign.processes.NodeName;

/**
 * One thing that is done to the service.
 *
 * @param node it is done to, where it is done to one and no node trains
 * @param length how long it lasts
 * @param seed of what else is random about it
 */
public record Fault(Kind kind, Moment moment, NodeName node, Duration length, long seed) {}
