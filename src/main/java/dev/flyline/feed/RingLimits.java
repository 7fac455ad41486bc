package dev.flyline.feed;

import java.time.Duration;

/**
 * The bounds of one app's ring.
 *
 * @param lines positions held, exactly
 * @param bytes bytes of lines held, and again as many of their encodings; the newest block is
 *     always held
 * @param age how long a line is held
 */
public record RingLimits(int lines, long bytes, Duration age) {}
