@NullMarked
package org.dreamboothactors.campaign.network;

import org.jspecify.annotations.NullMarked;
