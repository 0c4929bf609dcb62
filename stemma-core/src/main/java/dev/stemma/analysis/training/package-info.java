/**
 * What training logs and compute claims show: one record of a run, a list of checks over it, and
 * the arithmetic of compute. Each check carries its null hypothesis, a figure and a plain sentence.
 */
@NullMarked
package dev.stemma.analysis.training;

import org.jspecify.annotations.NullMarked;
