/** The HTTP listeners, limits, error bodies, health and metrics pages. Knows no feature. */
@NullMarked
package dev.flyline.web;

import org.jspecify.annotations.NullMarked;
