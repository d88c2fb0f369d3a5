/** The program: command line, settings and the one-machine service. */
@NullMarked
package org.dreamboothactors.deploy;

import org.jspecify.annotations.NullMarked;
