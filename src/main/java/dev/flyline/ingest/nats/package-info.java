/**
 * The NATS side: one connection, its subscriptions, and the queues out of which lines are taken.
 */
@NullMarked
package dev.flyline.ingest.nats;

import org.jspecify.annotations.NullMarked;
