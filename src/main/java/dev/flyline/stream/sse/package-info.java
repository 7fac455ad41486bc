/** Server-sent events. */
@NullMarked
package dev.flyline.stream.sse;

import org.jspecify.annotations.NullMarked;
