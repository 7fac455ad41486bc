/**
 * What goes over the event bus: an app's lines at {@code app.<name>}, within a router, and messages
 * between routers, with how they look on the wire.
 */
@NullMarked
package dev.flyline.bus;

import org.jspecify.annotations.NullMarked;
