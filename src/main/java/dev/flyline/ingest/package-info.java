/** Reads from NATS what this router owns or stands by for, and talks to the other routers. */
@NullMarked
package dev.flyline.ingest;

import org.jspecify.annotations.NullMarked;
