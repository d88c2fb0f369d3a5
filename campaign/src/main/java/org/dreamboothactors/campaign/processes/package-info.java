/** Broker, store and nodes as processes that can be killed, stopped and started again. */
@NullMarked
package org.dreamboothactors.campaign.processes;

import org.jspecify.annotations.NullMarked;
