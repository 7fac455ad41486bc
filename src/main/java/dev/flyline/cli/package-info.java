/** Turns arguments into one command. */
@NullMarked
package dev.flyline.cli;

import org.jspecify.annotations.NullMarked;
