@NullMarked
package org.dreamboothactors.actors.intake.photo;

import org.jspecify.annotations.NullMarked;
