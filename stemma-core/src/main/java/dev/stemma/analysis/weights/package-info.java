/**
 * Questions asked of the weights themselves: do numbers agree where units have the same number, and
 * where they do not.
 */
@NullMarked
package dev.stemma.analysis.weights;

import org.jspecify.annotations.NullMarked;
