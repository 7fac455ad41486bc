/**
 * An app's log among many routers: who owns it, who stands by, what is committed, and how it goes
 * on when a router dies, freezes, leaves or is cut off. No I/O, no threads, no clock of its own:
 * the simulation in the tests and the running router drive the same code.
 */
@NullMarked
package dev.flyline.replica;

import org.jspecify.annotations.NullMarked;
