/**
 * The ingest verticle: hosts the replicas of each lane between NATS, the other routers and the bus.
 */
@NullMarked
package dev.flyline.ingest;

import org.jspecify.annotations.NullMarked;
