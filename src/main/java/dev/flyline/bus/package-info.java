/** What routers say to each other about an app's log, and how it looks on the wire. */
@NullMarked
package dev.flyline.bus;

import org.jspecify.annotations.NullMarked;
