/**
 * Questions about architecture: what a configuration means (counts, memory, serving), and how far
 * two configurations agree. A configuration alone never says where weights came from.
 */
@NullMarked
package dev.stemma.analysis.architecture;

import org.jspecify.annotations.NullMarked;
