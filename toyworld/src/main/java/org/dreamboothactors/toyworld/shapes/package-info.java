/** What things are made of: solids as signed distances (Hart 1996), without colour or light. */
@NullMarked
package org.dreamboothactors.toyworld.shapes;

import org.jspecify.annotations.NullMarked;
