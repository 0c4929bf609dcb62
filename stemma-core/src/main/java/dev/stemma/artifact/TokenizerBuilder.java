package dev.stemma.artifact;

import java.util.Arrays;

/** Collects tokens in any order of ids. A later token of the same id replaces the earlier one. */
public final class TokenizerBuilder {
  private static final int FIRST_TOKENS = 1 << 15;
  private static final int FIRST_BYTES = 1 << 18;

  private int[] ids = new int[FIRST_TOKENS];
  private int[] ends = new int[FIRST_TOKENS];
  private Tokenizer.Role[] roles = new Tokenizer.Role[FIRST_TOKENS];
  private byte[] text = new byte[FIRST_BYTES];
  private int count;
  private int used;

  TokenizerBuilder() {}

  /** How many tokens were added, with those that were replaced. */
  public int count() {
    return count;
  }

  /** How many bytes they have in total. */
  public int bytes() {
    return used;
  }

  /** Adds a token; the bytes are copied. */
  public TokenizerBuilder add(int id, byte[] bytes, Tokenizer.Role role) {
    if (id < 0) {
      throw new IllegalArgumentException("token id " + id);
    }
    if (count == ids.length) {
      int longer = Math.addExact(count, count);
      ids = Arrays.copyOf(ids, longer);
      ends = Arrays.copyOf(ends, longer);
      roles = Arrays.copyOf(roles, longer);
    }
    int end = Math.addExact(used, bytes.length);
    if (end > text.length) {
      text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(end, 2L * end)));
    }
    System.arraycopy(bytes, 0, text, used, bytes.length);
    used = end;
    ids[count] = id;
    ends[count] = end;
    roles[count] = role;
    count++;
    return this;
  }

  /** The tokenizer, sorted by id. */
  public Tokenizer build(Tokenizer.Kind kind, TokenizerTraits traits) {
    int[] entries = lastOfEachId();
    int[] sortedIds = new int[entries.length];
    int[] starts = new int[entries.length + 1];
    byte[] sortedText = new byte[used];
    Tokenizer.Role[] sortedRoles = new Tokenizer.Role[entries.length];
    for (int i = 0; i < entries.length; i++) {
      int entry = entries[i];
      int start = entry == 0 ? 0 : ends[entry - 1];
      int length = ends[entry] - start;
      System.arraycopy(text, start, sortedText, starts[i], length);
      starts[i + 1] = starts[i] + length;
      sortedIds[i] = ids[entry];
      sortedRoles[i] = roles[entry];
    }
    return new Tokenizer(kind, sortedIds, starts, sortedText, sortedRoles, traits);
  }

  private int[] lastOfEachId() {
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = (long) ids[i] << 32 | i;
    }
    Arrays.sort(keys);
    int kept = 0;
    int[] entries = new int[count];
    for (int i = 0; i < count; i++) {
      if (i + 1 == count || keys[i] >>> 32 != keys[i + 1] >>> 32) {
        entries[kept++] = (int) keys[i];
      }
    }
    return Arrays.copyOf(entries, kept);
  }
}
