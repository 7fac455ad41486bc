package dev.flyline.feed;

import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;

/** What decides a viewer's bytes: viewers of equal formats get the very same ones. */
public record Format(Encoder encoder, LineFilter filter) {

  /** The same with another expression. */
  Format with(FilterExpression expression) {
    return new Format(encoder, filter.with(expression));
  }
}
