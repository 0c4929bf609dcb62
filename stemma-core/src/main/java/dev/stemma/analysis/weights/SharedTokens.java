package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.artifact.Tokenizer;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The embedding rows of tokens that both vocabularies have: by text where both tokenizers are
 * known, by number otherwise (which weakens a test and never makes it wrong).
 */
record SharedTokens(
    TensorView tableA, TensorView tableB, int[] rowsA, int[] rowsB, int tokensA, int tokensB)
    implements Serializable {
  static final int FEWEST = 64;
  private static final int MOST = 20_000;
  private static final int MOST_OF_WIDE = 8192;

  int count() {
    return rowsA.length;
  }

  /** Share of the shared tokens that have one number in both vocabularies. */
  double sameNumber() {
    int same = 0;
    for (int index = 0; index < count(); index++) {
      same += rowsA[index] == rowsB[index] ? 1 : 0;
    }
    return count() == 0 ? Double.NaN : (double) same / count();
  }

  /** Bytes of their rows in both tables. */
  long bytes() {
    return StoredBytes.ofRows(tableA, count()) + StoredBytes.ofRows(tableB, count());
  }

  int widthA() {
    return Math.toIntExact(tableA.shape().columns());
  }

  int widthB() {
    return Math.toIntExact(tableB.shape().columns());
  }

  /** At most so many of them, evenly spread; the first ones where few bytes are to be read. */
  SharedTokens sampled(Pair pair) {
    Economy economy = Economy.of(pair);
    return economy.sparing() ? first(economy.tokens()) : sampled();
  }

  /** At most so many of them, evenly spread. */
  SharedTokens sampled() {
    return atMost(Math.max(widthA(), widthB()) > LayerPlan.WIDE ? MOST_OF_WIDE : MOST);
  }

  private SharedTokens first(int most) {
    int count = Math.min(most, count());
    return new SharedTokens(
        tableA, tableB, Arrays.copyOf(rowsA, count), Arrays.copyOf(rowsB, count), tokensA, tokensB);
  }

  /** Where their rows are. */
  List<TensorView> views() {
    List<TensorView> views = new ArrayList<>(runs(tableA, rowsA));
    views.addAll(runs(tableB, rowsB));
    return views;
  }

  /** Rows as runs of consecutive ones. */
  static List<TensorView> runs(TensorView table, int[] rows) {
    List<TensorView> runs = new ArrayList<>();
    for (int first = 0; first < rows.length; ) {
      int next = first + 1;
      while (next < rows.length && rows[next] == rows[next - 1] + 1) {
        next++;
      }
      runs.add(new TensorView.Rows(table, rows[first], next - first));
      first = next;
    }
    return runs;
  }

  /** At most so many of them, evenly spread. */
  SharedTokens atMost(int most) {
    if (count() <= most) {
      return this;
    }
    int[] a = new int[most];
    int[] b = new int[most];
    for (int index = 0; index < most; index++) {
      int from = (int) ((long) index * count() / most);
      a[index] = rowsA[from];
      b[index] = rowsB[from];
    }
    return new SharedTokens(tableA, tableB, a, b, tokensA, tokensB);
  }

  static Optional<TensorView> table(CanonicalModel model) {
    return model
        .tensor(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING))
        .filter(view -> view.shape().rank() == 2 && view.shape().elements() > 0);
  }

  static Optional<SharedTokens> of(CanonicalModel a, CanonicalModel b) {
    Optional<TensorView> tableA = table(a);
    Optional<TensorView> tableB = table(b);
    if (tableA.isEmpty() || tableB.isEmpty()) {
      return Optional.empty();
    }
    int rowsOfA = Math.toIntExact(tableA.get().shape().rows());
    int rowsOfB = Math.toIntExact(tableB.get().shape().rows());
    List<int[]> shared = new ArrayList<>();
    Optional<Tokenizer> tokenizerA = a.model().tokenizer();
    Optional<Tokenizer> tokenizerB = b.model().tokenizer();
    int tokensA = rowsOfA;
    int tokensB = rowsOfB;
    if (tokenizerA.isPresent() && tokenizerB.isPresent()) {
      tokensA = tokenizerA.get().size();
      tokensB = tokenizerB.get().size();
      Map<String, Integer> idOf = new HashMap<>();
      for (int index = 0; index < tokensB; index++) {
        idOf.putIfAbsent(key(tokenizerB.get(), index), tokenizerB.get().id(index));
      }
      for (int index = 0; index < tokensA; index++) {
        Integer idInB = idOf.remove(key(tokenizerA.get(), index));
        int idInA = tokenizerA.get().id(index);
        if (idInB != null && idInA < rowsOfA && idInB < rowsOfB) {
          shared.add(new int[] {idInA, idInB});
        }
      }
    } else {
      for (int id = 0; id < Math.min(rowsOfA, rowsOfB); id++) {
        shared.add(new int[] {id, id});
      }
    }
    return Optional.of(
        new SharedTokens(
            tableA.get(),
            tableB.get(),
            shared.stream().mapToInt(pair -> pair[0]).toArray(),
            shared.stream().mapToInt(pair -> pair[1]).toArray(),
            tokensA,
            tokensB));
  }

  private static String key(Tokenizer tokenizer, int index) {
    return (tokenizer.role(index) == Tokenizer.Role.CONTROL ? "c" : "t")
        + new String(tokenizer.bytes(index), StandardCharsets.ISO_8859_1);
  }
}
