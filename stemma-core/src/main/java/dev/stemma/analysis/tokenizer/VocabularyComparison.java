package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.numeric.IncreasingSubsequence;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything counted of two vocabularies; no judgement. Tokens that are text in one file and a mark
 * in the other are left out of both, because exporters differ there.
 *
 * @param sizeA compared tokens of a
 * @param sizeB compared tokens of b
 * @param order of all shared tokens
 * @param words the order of those that are more than one character: single characters are often
 *     sorted by their code, which independent vocabularies share
 * @param alphabetical how far a's shared words follow the alphabet, 0 to 1: then order says nothing
 * @param sharedIds shared tokens with the same id
 * @param idOffset id in b less id in a, where nearly all shared tokens agree on it
 * @param prefix how many shared tokens come first in both in the same order, without a gap
 * @param besideA what a has beside its trained vocabulary and b has not
 * @param besideB the same the other way
 * @param moreRowsOfB rows of b's embedding less those of a's
 * @param sharedRanks pairs of ranks, those of a ascending
 */
public record VocabularyComparison(
    int sizeA,
    int sizeB,
    Order order,
    Order words,
    double alphabetical,
    int sharedIds,
    @Nullable Integer idOffset,
    int prefix,
    Beside besideA,
    Beside besideB,
    int moreRowsOfB,
    SharedRanks sharedRanks) {

  /**
   * What one vocabulary has beside its trained tokens and the other has not in any way.
   *
   * @param pastEnd marks and added words with ids past the other's last
   * @param words added tokens that are text and not written like marks, wherever they are
   * @param declaresMarks whether the file says which tokens are marks
   */
  public record Beside(int pastEnd, int words, boolean declaresMarks) {
    private static final Pattern MARK = Pattern.compile("(?s)\\s*(<.*>|\\[.*]|\\{\\{.*}})\\s*");

    static Beside of(Vocabulary in, Vocabulary other) {
      int pastEnd = 0;
      int words = 0;
      boolean declaresMarks = false;
      for (int i = 0; i < in.tokenizer().size(); i++) {
        Role role = in.tokenizer().role(i);
        declaresMarks |= role == Role.CONTROL;
        if ((role == Role.CONTROL || role == Role.ADDED) && other.find(in, i) < 0) {
          pastEnd += in.tokenizer().id(i) >= other.tokenizer().rows() ? 1 : 0;
          boolean mark =
              role == Role.CONTROL
                  || MARK.matcher(new String(in.tokenizer().bytes(i), StandardCharsets.UTF_8))
                      .matches();
          words += mark ? 0 : 1;
        }
      }
      return new Beside(pastEnd, words, declaresMarks);
    }
  }

  /** Ranks in a and in b of the same tokens, ascending in a. */
  public record SharedRanks(int[] a, int[] b) {
    /** How many. */
    public int size() {
      return a.length;
    }
  }

  /**
   * How far two rankings agree.
   *
   * @param shared tokens in both
   * @param longest length of the longest subsequence that rises in both
   */
  public record Order(int shared, int longest) {
    static Order of(int[] ranks) {
      return new Order(ranks.length, IncreasingSubsequence.length(ranks));
    }

    /** 1 where the order is the same, near 0 where it has nothing in common. */
    public double share() {
      return shared == 0 ? 0 : (double) longest / shared;
    }

    /**
     * The length over the square root of the number shared: 2 for random orders, 2 to 6 for
     * tokenizers trained independently, whatever their size.
     */
    public double strength() {
      return shared == 0 ? 0 : longest / Math.sqrt(shared);
    }
  }

  static VocabularyComparison of(Vocabulary a, Vocabulary b) {
    int[] ranksA = new int[a.size()];
    int[] ranksB = new int[a.size()];
    int shared = 0;
    int marksOfB = 0;
    for (int rank = 0; rank < a.size(); rank++) {
      int index = b.find(a, a.index(rank));
      if (index < 0) {
        continue;
      }
      int other = b.rankOf(index);
      if (other >= 0) {
        ranksA[shared] = rank;
        ranksB[shared++] = other;
      } else {
        marksOfB++;
      }
    }
    int marksOfA = 0;
    for (int rank = 0; rank < b.size(); rank++) {
      int index = a.find(b, b.index(rank));
      if (index >= 0 && a.rankOf(index) < 0) {
        marksOfA++;
      }
    }
    SharedRanks ranks =
        new SharedRanks(Arrays.copyOf(ranksA, shared), Arrays.copyOf(ranksB, shared));
    int[] words = words(a, ranks);
    return new VocabularyComparison(
        a.size() - marksOfB,
        b.size() - marksOfA,
        Order.of(ranks.b()),
        Order.of(words),
        alphabetical(a, ranks),
        sharedIds(a, b, ranks),
        offset(a, b, ranks),
        prefix(ranks),
        Beside.of(a, b),
        Beside.of(b, a),
        b.tokenizer().rows() - a.tokenizer().rows(),
        ranks);
  }

  /** Share of a's tokens that b has. */
  public double aInB() {
    return sizeA == 0 ? 0 : (double) order.shared() / sizeA;
  }

  /** Share of b's tokens that a has. */
  public double bInA() {
    return sizeB == 0 ? 0 : (double) order.shared() / sizeB;
  }

  /** Shared tokens with the same id, as a share. */
  public double sharedIdShare() {
    return order.shared() == 0 ? 0 : (double) sharedIds / order.shared();
  }

  /** All of a is in b in the same order, and what b has more stands among it: a lost tokens. */
  boolean isATrimmedB() {
    return aInB() >= 0.999 && order.share() >= 0.999 && !isAppended(sharedRanks.b(), sizeB);
  }

  /** The same the other way. */
  boolean isBTrimmedA() {
    return bInA() >= 0.999 && order.share() >= 0.999 && !isAppended(sharedRanks.a(), sizeA);
  }

  /** Whether most of the other tokens rank behind nearly all of the shared ones. */
  private static boolean isAppended(int[] shared, int size) {
    if (shared.length == 0) {
      return true;
    }
    int[] sorted = shared.clone();
    Arrays.sort(sorted);
    int nearlyLast = sorted[(int) (0.99 * (sorted.length - 1))];
    return size - 1 - nearlyLast >= 0.5 * (size - shared.length);
  }

  /** The order of the shared tokens past these ranks in both. */
  Order orderPast(int rankInA, int rankInB) {
    int[] kept = new int[sharedRanks.size()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (sharedRanks.a()[i] >= rankInA && sharedRanks.b()[i] >= rankInB) {
        kept[count++] = sharedRanks.b()[i];
      }
    }
    return Order.of(Arrays.copyOf(kept, count));
  }

  private static int[] words(Vocabulary a, SharedRanks ranks) {
    int[] kept = new int[ranks.size()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (!a.isSingleCharacter(ranks.a()[i])) {
        kept[count++] = ranks.b()[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** The order of a's shared words against their alphabetical order. */
  private static double alphabetical(Vocabulary a, SharedRanks ranks) {
    int sample = Math.min(ranks.size(), 4000);
    if (sample < 2) {
      return 0;
    }
    Integer[] chosen = new Integer[sample];
    for (int i = 0; i < sample; i++) {
      chosen[i] = a.index(ranks.a()[(int) ((long) i * ranks.size() / sample)]);
    }
    Arrays.sort(
        chosen,
        (left, right) ->
            Arrays.compareUnsigned(a.tokenizer().bytes(left), a.tokenizer().bytes(right)));
    return (double) IncreasingSubsequence.length(Arrays.stream(chosen).mapToInt(i -> i).toArray())
        / sample;
  }

  private static int sharedIds(Vocabulary a, Vocabulary b, SharedRanks ranks) {
    int same = 0;
    for (int i = 0; i < ranks.size(); i++) {
      if (a.id(ranks.a()[i]) == b.id(ranks.b()[i])) {
        same++;
      }
    }
    return same;
  }

  /** The middle one of all offsets, if 99 in 100 tokens have it. */
  private static @Nullable Integer offset(Vocabulary a, Vocabulary b, SharedRanks ranks) {
    if (ranks.size() == 0) {
      return null;
    }
    int[] offsets = new int[ranks.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = b.id(ranks.b()[i]) - a.id(ranks.a()[i]);
    }
    Arrays.sort(offsets);
    int middle = offsets[offsets.length / 2];
    long agreeing = Arrays.stream(offsets).filter(offset -> offset == middle).count();
    return agreeing >= 0.99 * offsets.length ? middle : null;
  }

  private static int prefix(SharedRanks ranks) {
    int length = 0;
    while (length < ranks.size() && ranks.a()[length] == length && ranks.b()[length] == length) {
      length++;
    }
    return length;
  }
}
