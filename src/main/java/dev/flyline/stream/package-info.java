/** One client's stream of an app's log, whatever the transport. */
@NullMarked
package dev.flyline.stream;

import org.jspecify.annotations.NullMarked;
