@NullMarked
package org.dreamboothactors.campaign.checks;

import org.jspecify.annotations.NullMarked;
