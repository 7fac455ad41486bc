package dev.flyline.log;

/** A mark and the position it has in its app's log: {@code epoch:seq}. */
public record PlacedMark(String epoch, long seq, Mark mark) {}
