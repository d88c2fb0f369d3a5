/** A Kafka broker and an S3 server inside this JVM, for one machine and for tests. */
@NullMarked
package org.dreamboothactors.embedded;

import org.jspecify.annotations.NullMarked;
