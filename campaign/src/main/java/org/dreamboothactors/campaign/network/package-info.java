/** What stands between the nodes and their servers. */
@NullMarked
package org.dreamboothactors.campaign.network;

import org.jspecify.annotations.NullMarked;
