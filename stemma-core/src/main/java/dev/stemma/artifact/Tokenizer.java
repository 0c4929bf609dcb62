package dev.stemma.artifact;

import java.util.List;

/**
 * A tokenizer's vocabulary as raw bytes, whatever alphabet its file uses.
 *
 * @param kind the algorithm
 * @param tokens every token, by id
 */
public record Tokenizer(Kind kind, List<Token> tokens) {
  /** The segmentation algorithm. */
  public enum Kind {
    BYTE_LEVEL_BPE,
    SENTENCEPIECE_BPE,
    UNIGRAM,
    WORDPIECE,
    WORD_LEVEL,
    UNKNOWN
  }

  /**
   * One token.
   *
   * @param id its number in the embedding matrix
   * @param bytes the text it stands for, as raw bytes
   * @param special true for control tokens that stand for no text
   */
  public record Token(int id, byte[] bytes, boolean special) {}

  /** Keeps the tokens unmodifiable. */
  public Tokenizer {
    tokens = List.copyOf(tokens);
  }
}
