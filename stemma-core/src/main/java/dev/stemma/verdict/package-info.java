/** Pure rules from evidence to a verdict. Every threshold stands in {@code thresholds.json}. */
@NullMarked
package dev.stemma.verdict;

import org.jspecify.annotations.NullMarked;
