package dev.flyline.feed;

import dev.flyline.log.Position;

/** Where in an app's log a viewer wants to begin. */
public sealed interface Since {

  /** With the most recent lines; see {@link Viewer} for how many. */
  record Latest() implements Since {}

  /** With the oldest line held. */
  record Earliest() implements Since {}

  /** After a position that the client was given. */
  record After(Position position) implements Since {}

  /** After a position that the client gave back in a form that no router ever gave. */
  record Lost() implements Since {}

  /** With the first line that arrived at the owner at or after this time. */
  record Time(long ms) implements Since {}
}
