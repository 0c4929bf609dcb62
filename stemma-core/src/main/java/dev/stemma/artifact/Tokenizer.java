package dev.stemma.artifact;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A tokenizer's vocabulary as raw bytes, whatever alphabet its file uses, in ascending order of
 * ids. Kept compact, because a vocabulary has up to some hundred thousand tokens.
 */
public final class Tokenizer {
  /** The segmentation algorithm. */
  public enum Kind {
    BYTE_LEVEL_BPE,
    SENTENCEPIECE_BPE,
    UNIGRAM,
    WORDPIECE,
    WORD_LEVEL,
    UNKNOWN
  }

  /** What a token is there for. */
  public enum Role {
    /** A piece of text from the trained vocabulary. */
    TEXT,
    /** A single byte that stands in for what no piece covers. */
    BYTE,
    /** Text that was put beside the trained vocabulary (words, runs of spaces). */
    ADDED,
    /** A mark that stands for no text. */
    CONTROL,
    /** A row that is kept free. */
    UNUSED
  }

  private final Kind kind;
  private final int[] ids;
  private final int[] starts;
  private final byte[] text;
  private final Role[] roles;
  private final TokenizerTraits traits;

  Tokenizer(Kind kind, int[] ids, int[] starts, byte[] text, Role[] roles, TokenizerTraits traits) {
    this.kind = kind;
    this.ids = ids;
    this.starts = starts;
    this.text = text;
    this.roles = roles;
    this.traits = traits;
  }

  /** Begins to collect tokens. */
  public static TokenizerBuilder builder() {
    return new TokenizerBuilder();
  }

  /** The algorithm. */
  public Kind kind() {
    return kind;
  }

  /** What the files say beside the vocabulary. */
  public TokenizerTraits traits() {
    return traits;
  }

  /** The same vocabulary with other traits. */
  public Tokenizer with(TokenizerTraits other) {
    return new Tokenizer(kind, ids, starts, text, roles, other);
  }

  /** How many tokens. */
  public int size() {
    return ids.length;
  }

  /** The id of the token at an index; indices run in ascending order of ids. */
  public int id(int index) {
    return ids[index];
  }

  /** The index of an id. */
  public OptionalInt indexOf(int id) {
    int index = Arrays.binarySearch(ids, id);
    return index >= 0 ? OptionalInt.of(index) : OptionalInt.empty();
  }

  /** One more than the largest id, the rows that an embedding needs; 0 without tokens. */
  public int rows() {
    return ids.length == 0 ? 0 : ids[ids.length - 1] + 1;
  }

  /** What the token is there for. */
  public Role role(int index) {
    return roles[index];
  }

  /** How many bytes the token has. */
  public int length(int index) {
    return starts[index + 1] - starts[index];
  }

  /** One byte of a token. */
  public byte byteAt(int index, int position) {
    return text[starts[index] + position];
  }

  /** The text a token stands for, as raw bytes (a copy). */
  public byte[] bytes(int index) {
    return Arrays.copyOfRange(text, starts[index], starts[index + 1]);
  }

  /** Whether two tokens are the same bytes. */
  public boolean sameBytes(int index, Tokenizer other, int otherIndex) {
    return Arrays.equals(
        text,
        starts[index],
        starts[index + 1],
        other.text,
        other.starts[otherIndex],
        other.starts[otherIndex + 1]);
  }

  /** A 64-bit hash of the token's bytes, the same in every version and on every machine. */
  public long hash(int index) {
    long hash = 0xcbf29ce484222325L;
    for (int i = starts[index]; i < starts[index + 1]; i++) {
      hash = (hash ^ (text[i] & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
