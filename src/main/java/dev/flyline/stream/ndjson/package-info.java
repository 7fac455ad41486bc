/** JSON values, one a line: payloads, or flyline.v1 frames. */
@NullMarked
package dev.flyline.stream.ndjson;

import org.jspecify.annotations.NullMarked;
