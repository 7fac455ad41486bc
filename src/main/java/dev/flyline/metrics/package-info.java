/** Every meter of the router: name, unit and help in one enum. */
@NullMarked
package dev.flyline.metrics;

import org.jspecify.annotations.NullMarked;
