/** Fingerprints of models: digests of their tensors, tokenizer and configuration. */
@NullMarked
package dev.stemma.catalogue;

import org.jspecify.annotations.NullMarked;
