/**
 * A router's copy of the apps that somebody views on it: rings of blocks, and viewers as positions
 * in them. Knows no transport: it writes bytes that an {@link dev.flyline.feed.Encoder} made to a
 * {@link dev.flyline.feed.Sink}.
 */
@NullMarked
package dev.flyline.feed;

import org.jspecify.annotations.NullMarked;
