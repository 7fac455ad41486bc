/** The links between this router and the others: envelopes, budgets and acknowledgements. */
@NullMarked
package dev.flyline.peer;

import org.jspecify.annotations.NullMarked;
