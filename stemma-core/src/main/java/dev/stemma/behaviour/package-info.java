/**
 * Asking a model: an OpenAI-compatible endpoint or a checkpoint run here, politely, within a
 * budget, with a transcript. What the answers mean is the business of {@code analysis.behaviour}.
 */
@NullMarked
package dev.stemma.behaviour;

import org.jspecify.annotations.NullMarked;
