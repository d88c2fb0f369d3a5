/** What encoder, inference and trainer actors have in common: a share-group queue, facts, scratch space. */
@NullMarked
package org.dreamboothactors.actors.work;

import org.jspecify.annotations.NullMarked;
