package dev.stemma.analysis.representation;

import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Words and figures for what two models make of the same texts; always context, never proof.
 *
 * @param tokens a's tokens in all texts
 * @param sharedTokens tokens that both vocabularies hold
 */
record RepresentationEvidence(Pair pair, Component component, int tokens, int sharedTokens) {
  private static final String NULL = "other independently trained models (controls); no theorem";
  private static final String CONTEXT =
      "context, not evidence: no threshold is set, models trained apart agree too; use --control";
  private static final int FEWEST_POSITIONS = 30;

  /** Hidden states, the embedding's first. */
  Evidence alignment(List<Matrix> a, List<Matrix> b) {
    String broken = broken(a, pair.a().model().name()) + broken(b, pair.b().model().name());
    if (!broken.isEmpty()) {
      return new NotApplicable(SameTexts.ALIGNMENT, component, broken);
    }
    double[][] values = rounded(LayerAlignment.of(a, b));
    int layersA = a.size() - 1;
    int layersB = b.size() - 1;
    List<List<Double>> rows = new ArrayList<>();
    for (int i = 1; i <= layersA; i++) {
      List<Double> row = new ArrayList<>();
      for (int j = 1; j <= layersB; j++) {
        row.add(values[i][j]);
      }
      rows.add(List.copyOf(row));
    }
    double mean = LayerAlignment.meanOfBest(values);
    if (Double.isNaN(mean)) {
      return new NotApplicable(
          SameTexts.ALIGNMENT, component, "no layer's hidden states differ from text to text");
    }
    List<String> caveats = new ArrayList<>(List.of(CONTEXT));
    if (a.getFirst().columns() >= a.getFirst().rows()) {
      caveats.add("fewer texts than hidden dimensions: single cells are noisy");
    }
    return Measured.of(SameTexts.ALIGNMENT, component)
        .supports(Supports.NEITHER)
        .statistic("mean over B's layers of the best unbiased CKA", rounded(mean), null)
        .nullHypothesis(NULL)
        .value("texts", a.getFirst().rows())
        .value("embedding", finite(values[0][0]))
        .value("last-layer", finite(values[layersA][layersB]))
        .figures(
            new Figure.HeatMap(
                "CKA of hidden states on the same texts, by layer",
                "layer of A",
                "layer of B",
                0,
                1,
                List.copyOf(rows)))
        .caveats(caveats)
        .build();
  }

  /** Next-token distributions. */
  Evidence nextToken(NextTokenSums sums) {
    String why =
        !sums.predicts()
            ? "an encoder predicts no next token"
            : sums.broken() > 0
                ? sums.broken() + " positions have logits that are no numbers"
                : sums.positions() < FEWEST_POSITIONS
                    ? "the tokenizers cut at the same place in only "
                        + sums.positions()
                        + " positions, with "
                        + sharedTokens
                        + " tokens in common"
                    : "";
    if (!why.isEmpty()) {
      return new NotApplicable(SameTexts.NEXT_TOKEN, component, why);
    }
    double positions = sums.positions();
    List<String> caveats = new ArrayList<>(List.of(CONTEXT));
    if (sums.positions() < tokens * 9L / 10) {
      caveats.add(
          "the tokenizers cut differently: only "
              + sums.positions()
              + " of "
              + tokens
              + " positions are compared, over "
              + sharedTokens
              + " shared tokens");
    }
    return Measured.of(SameTexts.NEXT_TOKEN, component)
        .supports(Supports.NEITHER)
        .statistic("same likeliest next token", sums.agreeing(), positions)
        .nullHypothesis(NULL)
        .value("divergence-of-b-from-a-nats", rounded(sums.divergenceAB() / positions))
        .value("divergence-of-a-from-b-nats", rounded(sums.divergenceBA() / positions))
        .value("entropy-a-nats", rounded(sums.entropyA() / positions))
        .value("entropy-b-nats", rounded(sums.entropyB() / positions))
        .value("shared-tokens", sharedTokens)
        .figures(
            new Figure.Table(
                "Next-token distributions over shared tokens, mean over positions",
                List.of("", "nats"),
                List.of(
                    List.of("entropy of A", nats(sums.entropyA() / positions)),
                    List.of("entropy of B", nats(sums.entropyB() / positions)),
                    List.of("divergence of B from A", nats(sums.divergenceAB() / positions)),
                    List.of("divergence of A from B", nats(sums.divergenceBA() / positions)))))
        .caveats(caveats)
        .build();
  }

  /**
   * To five decimals: sums of float32 products may be taken in another order once they are
   * compiled, so what follows is noise.
   */
  private static double rounded(double value) {
    return Double.isNaN(value) ? value : Math.rint(value * 1e5) / 1e5;
  }

  private static double[][] rounded(double[][] values) {
    for (double[] row : values) {
      java.util.Arrays.setAll(row, column -> rounded(row[column]));
    }
    return values;
  }

  private static String nats(double value) {
    return String.format(java.util.Locale.ROOT, "%.4f", value);
  }

  private static double finite(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  private static String broken(List<Matrix> layers, String name) {
    for (int layer = 0; layer < layers.size(); layer++) {
      if (!layers.get(layer).isFinite()) {
        String where = layer == 0 ? "the embedding" : "layer " + (layer - 1);
        return name + "'s hidden states after " + where + " are not all numbers. ";
      }
    }
    return "";
  }
}
