/** Takes safeguards away, from outside: the campaign has to turn red without them. */
@NullMarked
package org.dreamboothactors.campaign.sabotage;

import org.jspecify.annotations.NullMarked;
