/** The domain: plain values that name apps, lines and places in an app's log. No I/O. */
@NullMarked
package dev.flyline.log;

import org.jspecify.annotations.NullMarked;
