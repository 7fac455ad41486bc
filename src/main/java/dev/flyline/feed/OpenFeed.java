package dev.flyline.feed;

import dev.flyline.log.AppName;
import io.vertx.core.Future;

/**
 * A log that is held open for one stream, from when its client asked.
 *
 * @param live the last seq when the client asked, since what comes after it is no history to it; -1
 *     if the log was not there yet
 * @param ready succeeds when the log is there
 */
public record OpenFeed(AppName app, long live, Future<BlockRing> ready) {}
