/** Child JVMs that own one device each, and the actors that work through them. */
@NullMarked
package org.dreamboothactors.actors.device;

import org.jspecify.annotations.NullMarked;
