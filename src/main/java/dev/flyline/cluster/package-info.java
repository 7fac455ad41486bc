/**
 * Who is there: joins the other routers and leaves them, and carries messages from one to another.
 *
 * <p>Hazelcast and its Vert.x cluster manager are used here alone, for the list of members and for
 * one bus address per router.
 */
@NullMarked
package dev.flyline.cluster;

import org.jspecify.annotations.NullMarked;
