/** A run's progress on a terminal or in a log. */
@NullMarked
package org.dreamboothactors.deploy.progress;

import org.jspecify.annotations.NullMarked;
