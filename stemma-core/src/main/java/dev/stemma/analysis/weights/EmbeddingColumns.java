package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Question: do the hidden dimensions of the embedding tables carry the same numbers?
 *
 * <p>Statistic: over shared tokens, for dimensions of the narrower table the nearest dimension of
 * the other by absolute cosine of centred columns; how many have the same number, or, with
 * different widths, the longest increasing run of kept dimensions. Null: one model's dimension
 * numbers are a uniform permutation; P(N >= k) <= 1/k!, P(LIS >= k) <= C(m,k)/k!. Fooled by:
 * replaced embeddings, permuted or rotated hidden spaces.
 */
public final class EmbeddingColumns
    implements Analysis<EmbeddingColumns.Unit, EmbeddingColumns.Agreement> {
  static final String ID = "weights.embedding-columns";
  static final String KEPT = "weights.kept-dimensions";

  /** Rows with less of the others' norm only fill the table up. */
  private static final double MEANT = 0.1;

  private static final int QUERIES = 512;

  /** The rows of both tables. */
  record Unit(SharedTokens tokens) implements WorkUnit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>(tokens.views());
      if (longer(tokens).shape().rows() > least(tokens)) {
        views.addAll(SharedTokens.runs(longer(tokens), further(tokens)));
        views.addAll(SharedTokens.runs(longer(tokens), common(tokens)));
      }
      return views;
    }

    @Override
    public long bytes() {
      TensorView longer = longer(tokens);
      long further = longer.shape().rows() - least(tokens);
      // Further rows of one table are compared with some that both have.
      return further == 0
          ? tokens.bytes()
          : tokens.bytes()
              + StoredBytes.ofRows(longer, Math.min(QUERIES, further))
              + StoredBytes.ofRows(longer, QUERIES);
    }
  }

  /** What was found. */
  record Agreement(int queries, int agreeing, boolean sorted, double equalShare, double extra)
      implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Do the hidden dimensions of the embedding tables carry the same numbers?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    return SharedTokens.of(pair.a(), pair.b())
        .filter(tokens -> tokens.count() >= SharedTokens.FEWEST)
        .map(tokens -> List.of(new Unit(tokens.sampled(pair))))
        .orElse(List.of());
  }

  /** Correlation of a copy's table from which it is seen. */
  static double sees(SharedTokens tokens) {
    int narrow = Math.min(tokens.widthA(), tokens.widthB());
    int wide = Math.max(tokens.widthA(), tokens.widthB());
    return Power.correlation(Math.min(QUERIES, narrow), wide, tokens.count(), 10);
  }

  @Override
  public Agreement measure(Unit unit, TensorReader tensors) {
    SharedTokens tokens = unit.tokens();
    Matrix a = Weights.rows(tensors, tokens.tableA(), tokens.rowsA());
    Matrix b = Weights.rows(tensors, tokens.tableB(), tokens.rowsB());
    double equal = a.columns() == b.columns() ? Difference.equalShare(a, b) : 0;
    a = a.centreColumns().transposed();
    b = b.centreColumns().transposed();
    Matrix asking = b.rows() <= a.rows() ? b : a;
    Matrix asked = b.rows() <= a.rows() ? a : b;
    boolean sorted =
        Weights.sorted(Weights.normOrder(a), a.rows())
            && Weights.sorted(Weights.normOrder(b), b.rows());
    int[] queries = Weights.sample(asking.rows(), QUERIES);
    Matrix cosines =
        LinearAlgebra.best()
            .multiplyByTransposed(
                asking.selectRows(queries).normaliseRows(), asked.normaliseRows());
    Matching.absolute(cosines);
    int agreeing = Matching.agreeingLabels(cosines, queries, a.rows() == b.rows());
    return new Agreement(queries.length, agreeing, sorted, equal, extra(tokens, tensors));
  }

  private static TensorView longer(SharedTokens tokens) {
    return tokens.tableA().shape().rows() > tokens.tableB().shape().rows()
        ? tokens.tableA()
        : tokens.tableB();
  }

  private static int least(SharedTokens tokens) {
    return Math.toIntExact(
        Math.min(tokens.tableA().shape().rows(), tokens.tableB().shape().rows()));
  }

  /** Mean norm of the rows that only the longer table has, over that of shared rows; or 0. */
  private static double extra(SharedTokens tokens, TensorReader tensors) {
    TensorView longer = longer(tokens);
    int least = least(tokens);
    int[] extra = further(tokens);
    if (extra.length == 0 || least <= 0) {
      return 0;
    }
    double common = norm(Weights.rows(tensors, longer, common(tokens)));
    return common > 0 ? norm(Weights.rows(tensors, longer, extra)) / common : 0;
  }

  /** Some rows that only the longer table has. */
  private static int[] further(SharedTokens tokens) {
    int least = least(tokens);
    int count =
        Math.toIntExact(Math.max(0, Math.min(QUERIES, longer(tokens).shape().rows() - least)));
    int[] further = Weights.sample(count, count);
    for (int index = 0; index < count; index++) {
      further[index] += least;
    }
    return further;
  }

  /** Some rows of the numbers that both tables have. */
  private static int[] common(SharedTokens tokens) {
    return Weights.sample(least(tokens), QUERIES);
  }

  private static double norm(Matrix rows) {
    double sum = 0;
    for (int row = 0; row < rows.rows(); row++) {
      sum += rows.rowNorm(row);
    }
    return sum / rows.rows();
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Agreement> partials) {
    if (partials.isEmpty()) {
      return List.of(
          new NotApplicable(
              ID, Component.EMBEDDING, "fewer than 64 tokens are in both embedding tables"));
    }
    Agreement found = partials.getFirst();
    SharedTokens tokens = plan(pair).getFirst().tokens();
    SharedTokens all = SharedTokens.of(pair.a(), pair.b()).orElse(tokens);
    boolean rowsAdded = all.tokensA() == all.tokensB() && found.extra() >= MEANT;
    double tokensA = rowsAdded ? all.tableA().shape().rows() : all.tokensA();
    double tokensB = rowsAdded ? all.tableB().shape().rows() : all.tokensB();
    double shared = rowsAdded ? Math.min(tokensA, tokensB) : all.count();
    boolean equalWidth = tokens.widthA() == tokens.widthB();
    String id = equalWidth ? ID : KEPT;
    if (found.sorted()) {
      return List.of(
          new NotApplicable(
              id, Component.EMBEDDING, "the dimensions of both models are sorted by their norm"));
    }
    double log10p =
        equalWidth
            ? Chance.logFixedPoints(found.agreeing())
            : Chance.logIncreasing(found.queries(), found.agreeing());
    Measured.Builder evidence =
        Measured.of(id, Component.EMBEDDING)
            .supports(log10p < -7 ? Supports.DERIVATION : Supports.INDEPENDENCE)
            .statistic(
                equalWidth ? "agreeing dimensions" : "dimensions in increasing order",
                found.agreeing(),
                (double) found.queries())
            .pValue(log10p, Basis.EXACT, "one model's dimension numbers are a uniform permutation")
            .effect((double) found.agreeing() / found.queries())
            .value("equal.share", found.equalShare())
            .value("sees.correlation", sees(tokens))
            .value("tokens.shared", all.count())
            .value("tokens.a", tokensA)
            .value("tokens.b", tokensB)
            .value("tokens.a.in.b", shared / Math.max(1, tokensA))
            .value("tokens.b.in.a", shared / Math.max(1, tokensB))
            .value("tokens.kept.number", all.sameNumber())
            .caveats(
                "assumes different seeds; silent about replaced embeddings and rotated models");
    if (Economy.of(pair).sparing() && tokens.count() < all.count()) {
      evidence
          .value("tokens.unread", (double) all.count() - tokens.count())
          .caveats("not tested: embeddings of all tokens but the first " + tokens.count());
    }
    return List.of(evidence.build());
  }
}
