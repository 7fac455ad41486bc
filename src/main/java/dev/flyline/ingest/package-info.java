/**
 * Reads the apps that this router owns from NATS, numbers their lines and puts batches on the bus.
 */
@NullMarked
package dev.flyline.ingest;

import org.jspecify.annotations.NullMarked;
