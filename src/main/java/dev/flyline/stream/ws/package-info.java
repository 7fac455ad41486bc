/** The two WebSocket formats, as bytes that go to the socket as they are. */
@NullMarked
package dev.flyline.stream.ws;

import org.jspecify.annotations.NullMarked;
