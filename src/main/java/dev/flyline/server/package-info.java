/** Builds every part from settings, starts and stops them in order. */
@NullMarked
package dev.flyline.server;

import org.jspecify.annotations.NullMarked;
