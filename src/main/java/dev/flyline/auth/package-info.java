/** Who may see which apps: a token becomes a grant or a refusal. */
@NullMarked
package dev.flyline.auth;

import org.jspecify.annotations.NullMarked;
