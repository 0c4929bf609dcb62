/**
 * Runs an analysis's work units: local threads here, a Spark cluster in the other module, the same
 * bits from both.
 */
@NullMarked
package dev.stemma.engine;

import org.jspecify.annotations.NullMarked;
