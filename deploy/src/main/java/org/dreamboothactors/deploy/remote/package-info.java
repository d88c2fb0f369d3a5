/** A running service as the commands see it. */
@NullMarked
package org.dreamboothactors.deploy.remote;

import org.jspecify.annotations.NullMarked;
