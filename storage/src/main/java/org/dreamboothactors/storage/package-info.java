/** The artifact store: blobs by content, a create-once commit log, verified reads. */
@NullMarked
package org.dreamboothactors.storage;

import org.jspecify.annotations.NullMarked;
