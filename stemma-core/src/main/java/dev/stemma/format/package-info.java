/**
 * How bytes are laid out: safetensors, ONNX, JSON configurations and tokenizers become tensors (as
 * views), configurations and vocabularies. Every input is hostile until its header has been
 * checked.
 */
@NullMarked
package dev.stemma.format;

import org.jspecify.annotations.NullMarked;
