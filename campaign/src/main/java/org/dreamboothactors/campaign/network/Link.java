package org.dreamboothactors.campaign.network;

import java.time.Duration;

/** What the way between a node and a server is like. */
public sealed interface Link {

    /** As if nothing stood there. */
    record Open() implements Link {}

    /** Connections break, and new ones are refused. */
    record Cut() implements Link {}

    /** Nothing comes through and nobody is told, as when a cable is pulled; what was sent arrives when it is back. */
    record Silent() implements Link {}

    /** Every piece of at most 8 KiB takes this long, in each direction. */
    record Slow(Duration piece) implements Link {}
}
