package dev.flyline.log;

/** What takes one position in an app's log: a line, or the mark of a hole. */
public sealed interface Entry permits LogLine, Mark {

  /** When this reached the owner, in milliseconds since 1970. */
  long arrivedMs();

  /** Roughly what this holds of the heap, in bytes; the unit of every byte bound on lines. */
  int bytes();
}
