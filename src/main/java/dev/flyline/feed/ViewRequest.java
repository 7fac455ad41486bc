package dev.flyline.feed;

import dev.flyline.filter.FilterExpression;
import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import java.util.function.LongConsumer;

/**
 * What a client wants.
 *
 * @param tail at most so many of the most recent lines; negative for no bound
 * @param follow whether to go on with live lines
 * @param history learns how many bytes of lines have been read that were there before it came,
 *     whether they pass the filter or not
 */
public record ViewRequest(
    AppName app, Format format, Since since, int tail, boolean follow, LongConsumer history) {

  /** Recent lines after a change of the filter where the client has asked for no number. */
  private static final int RECENT = 100;

  /** For those whose history nobody counts. */
  ViewRequest(AppName app, Format format, Since since, int tail, boolean follow) {
    this(app, format, since, tail, follow, _ -> {});
  }

  ViewRequest with(FilterExpression expression) {
    return with(format.with(expression));
  }

  ViewRequest with(Format another) {
    return new ViewRequest(app, another, since, tail, follow, history);
  }

  /** As if the client came back from {@code at}; what it reads of the past is not counted again. */
  ViewRequest after(Position at) {
    return new ViewRequest(app, format, new Since.After(at), -1, true);
  }

  /** As if the client came now, for recent lines. */
  ViewRequest recent() {
    int lines = tail < 0 ? RECENT : tail;
    return new ViewRequest(app, format, new Since.Latest(), lines, follow, history);
  }
}
