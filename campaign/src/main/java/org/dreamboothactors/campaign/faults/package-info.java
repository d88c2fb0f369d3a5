/** What is done to the service, and when. */
@NullMarked
package org.dreamboothactors.campaign.faults;

import org.jspecify.annotations.NullMarked;
