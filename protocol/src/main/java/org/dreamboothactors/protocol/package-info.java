/** Events, topics, serdes and the client, the library client programs use. */
@NullMarked
package org.dreamboothactors.protocol;

import org.jspecify.annotations.NullMarked;
