/**
 * Plain numerical kernels: sums over pairs of tensors, matrix products, logarithms of p-values.
 * Fast twins stand in {@code numeric.simd}, and nothing else touches the vector module.
 */
@NullMarked
package dev.stemma.numeric;

import org.jspecify.annotations.NullMarked;
