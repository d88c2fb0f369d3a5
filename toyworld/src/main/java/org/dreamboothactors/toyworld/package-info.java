/**
 * A small world of things in places, described as data: what a picture shows and what is said about it. {@link
 * org.dreamboothactors.toyworld.World} is the way in.
 */
@NullMarked
package org.dreamboothactors.toyworld;

import org.jspecify.annotations.NullMarked;
