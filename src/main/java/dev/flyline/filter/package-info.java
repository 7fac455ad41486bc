/** Which of an app's lines a viewer wants. */
@NullMarked
package dev.flyline.filter;

import org.jspecify.annotations.NullMarked;
