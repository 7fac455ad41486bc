/** Plain text for people with curl. */
@NullMarked
package dev.flyline.stream.text;

import org.jspecify.annotations.NullMarked;
