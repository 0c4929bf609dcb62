/**
 * What an analysis may say: a measurement with its null hypothesis, p-value, effect and caveats; or
 * why it does not apply; or that it failed. Sealed, so that every reader of evidence treats all
 * three.
 */
@NullMarked
package dev.stemma.evidence;

import org.jspecify.annotations.NullMarked;
