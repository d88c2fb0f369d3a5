@NullMarked
package org.dreamboothactors.storage;

import org.jspecify.annotations.NullMarked;
