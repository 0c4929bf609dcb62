/**
 * The nouns: models, tensors, configurations, tokenizers, components. Immutable records that
 * validate themselves; nothing here reads a file.
 */
@NullMarked
package dev.stemma.artifact;

import org.jspecify.annotations.NullMarked;
