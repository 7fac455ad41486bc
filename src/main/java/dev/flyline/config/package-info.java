/** Reads, checks and documents settings. */
@NullMarked
package dev.flyline.config;

import org.jspecify.annotations.NullMarked;
