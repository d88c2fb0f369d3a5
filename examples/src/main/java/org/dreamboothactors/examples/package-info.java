/** Programs outside the service, with the client library alone. */
@NullMarked
package org.dreamboothactors.examples;

import org.jspecify.annotations.NullMarked;
