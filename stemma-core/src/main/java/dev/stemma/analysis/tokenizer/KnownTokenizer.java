package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
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

  private static final int SMALLEST_SAMPLE = 512;
  private static final int MOST_ZERO_BITS = 10;

  /** Makes a signature: of 512 to 1,023 tokens where there are so many. */
  static KnownTokenizer of(String name, String from, @Nullable String parent, Tokenizer tokenizer) {
    Vocabulary vocabulary = new Vocabulary(tokenizer);
    int zeroBits = 0;
    int[] sample = sample(vocabulary, zeroBits);
    int[] smaller = sample(vocabulary, 1);
    while (smaller.length >= SMALLEST_SAMPLE && zeroBits < MOST_ZERO_BITS) {
      sample = smaller;
      zeroBits++;
      smaller = sample(vocabulary, zeroBits + 1);
    }
    long[] hashes = new long[sample.length];
    int[] ids = new int[sample.length];
    for (int i = 0; i < sample.length; i++) {
      hashes[i] = vocabulary.hash(sample[i]);
      ids[i] = vocabulary.id(sample[i]);
    }
    return new KnownTokenizer(
        name,
        from,
        parent,
        vocabulary.size(),
        tokenizer.rows(),
        zeroBits,
        hashes,
        ids,
        KnownTokenizers.marks(tokenizer));
  }

  private static int[] sample(Vocabulary vocabulary, int zeroBits) {
    return KnownTokenizers.Sample.of(vocabulary, zeroBits).rankOf().values().stream()
        .mapToInt(rank -> rank)
        .sorted()
        .toArray();
  }
}
