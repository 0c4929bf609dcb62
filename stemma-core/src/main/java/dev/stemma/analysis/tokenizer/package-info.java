/**
 * Where a tokenizer came from: overlap and order of two vocabularies as raw bytes, the known
 * tokenizers that both may have grown from, and the rules that tell the relation.
 */
@NullMarked
package dev.stemma.analysis.tokenizer;

import org.jspecify.annotations.NullMarked;
