package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Role;
import java.util.Arrays;

/**
 * A tokenizer's trained text tokens of two bytes or more, ranked by id, and a hash index over all
 * its tokens. Single bytes are left out because every byte-level vocabulary has all of them.
 */
public final class Vocabulary {
  private final Tokenizer tokenizer;
  private final long[] hashes;
  private final int[] slots;
  private final int[] ranked;

  Vocabulary(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int size = tokenizer.size();
    hashes = new long[size];
    slots = new int[Math.max(16, Integer.highestOneBit(Math.max(1, size)) << 2)];
    Arrays.fill(slots, -1);
    int[] ranks = new int[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      hashes[i] = tokenizer.hash(i);
      boolean text = tokenizer.role(i) == Role.TEXT;
      // The first of two equal tokens counts; a text hides a mark that is written alike.
      int earlier = insert(i, text);
      if (text && tokenizer.length(i) >= 2 && earlier < 0) {
        ranks[count++] = i;
      }
    }
    ranked = Arrays.copyOf(ranks, count);
  }

  /** The tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** How many tokens are compared. */
  public int size() {
    return ranked.length;
  }

  /** The token at a rank, as the tokenizer's index. */
  int index(int rank) {
    return ranked[rank];
  }

  /** The id of the token at a rank. */
  int id(int rank) {
    return tokenizer.id(ranked[rank]);
  }

  long hash(int rank) {
    return hashes[ranked[rank]];
  }

  /** The rank of a tokenizer's index; negative where the token is not compared. */
  int rankOf(int index) {
    return Arrays.binarySearch(ranked, index);
  }

  /** This tokenizer's index of the same bytes, or -1. */
  int find(Vocabulary other, int otherIndex) {
    long hash = other.hashes[otherIndex];
    int mask = slots.length - 1;
    for (int slot = (int) hash & mask; slots[slot] >= 0; slot = (slot + 1) & mask) {
      int index = slots[slot];
      if (hashes[index] == hash && tokenizer.sameBytes(index, other.tokenizer, otherIndex)) {
        return index;
      }
    }
    return -1;
  }

  /** Whether a token is one character or a part of one. */
  boolean isSingleCharacter(int rank) {
    int index = ranked[rank];
    int length = tokenizer.length(index);
    if (length > 5) {
      return false;
    }
    int leading = 0;
    for (int i = 0; i < length; i++) {
      byte value = tokenizer.byteAt(index, i);
      // Vocabularies that mark word beginnings have each character twice: alone and after a space.
      if ((value & 0xc0) != 0x80 && !(i == 0 && value == ' ')) {
        leading++;
      }
    }
    return leading <= 1;
  }

  private int insert(int index, boolean text) {
    int mask = slots.length - 1;
    int slot = (int) hashes[index] & mask;
    for (; slots[slot] >= 0; slot = (slot + 1) & mask) {
      int earlier = slots[slot];
      if (hashes[earlier] == hashes[index] && tokenizer.sameBytes(earlier, tokenizer, index)) {
        if (!text || tokenizer.role(earlier) == Role.TEXT) {
          return earlier;
        }
        slots[slot] = index;
        return -1;
      }
    }
    slots[slot] = index;
    return -1;
  }
}
