/**
 * Readers of training logs: trainer_state.json, TensorBoard events, CSV, JSON lines, plain text,
 * claims. Every defect is named with its place and the rest is still read.
 */
@NullMarked
package dev.stemma.analysis.training.reading;

import org.jspecify.annotations.NullMarked;
