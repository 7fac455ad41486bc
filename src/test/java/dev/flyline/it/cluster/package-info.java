/**
 * Tests of many routers as one, from outside: every router is a process of its own that can be
 * killed, frozen and cut off, and what counts is what viewers get.
 */
package dev.flyline.it.cluster;
