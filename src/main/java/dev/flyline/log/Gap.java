package dev.flyline.log;

/**
 * Positions that a viewer did not get, as it is told of them.
 *
 * @param from the first missing position
 * @param to the last missing position; equal to {@code from} for a mark
 * @param count missing positions, or for a mark missing lines; {@link Mark#UNKNOWN} if not known
 */
public record Gap(Position from, Position to, long count, GapCause cause) {}
