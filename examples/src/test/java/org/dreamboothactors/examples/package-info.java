@NullMarked
package org.dreamboothactors.examples;

import org.jspecify.annotations.NullMarked;
