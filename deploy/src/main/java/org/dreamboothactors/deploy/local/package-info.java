/** Everything on one machine: embedded broker and store under a data directory. */
@NullMarked
package org.dreamboothactors.deploy.local;

import org.jspecify.annotations.NullMarked;
