/** The event loops that state is spread over, and the only home of Vert.x' internal types. */
@NullMarked
package dev.flyline.lane;

import org.jspecify.annotations.NullMarked;
