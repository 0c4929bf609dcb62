package dev.stemma.analysis.tokenizer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signature of a public tokenizer: those tokens whose hash begins with so many zero bits, which
 * is the same choice in every vocabulary, so that shares and order can be estimated.
 *
 * @param name as in {@code cl100k_base}
 * @param from the public package it was made from
 * @param parent the name of the known tokenizer it was made from
 * @param size compared tokens
 * @param rows rows of an embedding
 * @param zeroBits how many leading bits of a sampled hash are zero
 * @param hashes of the sample, ascending by id
 * @param ids of the sample
 * @param marks special tokens, as written
 */
public record KnownTokenizer(
    String name,
    String from,
    @Nullable String parent,
    int size,
    int rows,
    int zeroBits,
    long[] hashes,
    int[] ids,
    List<String> marks) {
  /** Keeps the list unmodifiable. */
  public KnownTokenizer {
    marks = List.copyOf(marks);
  }
}
