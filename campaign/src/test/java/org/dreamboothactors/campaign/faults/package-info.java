@NullMarked
package org.dreamboothactors.campaign.faults;

import org.jspecify.annotations.NullMarked;
