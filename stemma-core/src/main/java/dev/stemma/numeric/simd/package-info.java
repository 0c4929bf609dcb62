/**
 * Vector API twins of the plain kernels in {@code numeric}, tested against them at awkward sizes.
 */
@NullMarked
package dev.stemma.numeric.simd;

import org.jspecify.annotations.NullMarked;
