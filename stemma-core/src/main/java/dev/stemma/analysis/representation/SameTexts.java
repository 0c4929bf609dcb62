package dev.stemma.analysis.representation;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import dev.stemma.runtime.TextReader;
import dev.stemma.runtime.TextReader.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Question: what do the two models make of the same texts?
 *
 * <p>Statistic: unbiased linear CKA of the mean hidden state of each text, every layer of one
 * against every layer of the other (REEF, Zhang et al. 2024, arXiv 2410.14273); how often both find
 * the same next token likeliest, and the divergence of their distributions. Null: other models that
 * were trained independently; there is no theorem, only controls. Fooled by: what all language
 * models learn of the same languages, data or teacher, which is why it never supports a relation.
 */
public final class SameTexts implements Analysis<SameTexts.Unit, SameTexts.Part> {
  /** The comparison of hidden states. */
  public static final String ALIGNMENT = "representation.alignment";

  /** The comparison of next-token distributions. */
  public static final String NEXT_TOKEN = "representation.next-token";

  private static final int TEXTS_A_UNIT = 25;

  /** Some texts for both models. */
  record Unit(PortableModel a, PortableModel b, List<TextPair> texts, int[] sharedA, int[] sharedB)
      implements WorkUnit {
    /** Every weight once; how often it is used is not known from headers. */
    @Override
    public long bytes() {
      return 0;
    }
  }

  /**
   * What the models made of a unit's texts.
   *
   * @param problem why a model could not be run; empty otherwise
   * @param tokens a's tokens in the unit's texts
   * @param sharedTokens tokens that both vocabularies hold
   * @param a mean hidden states of a: by layer (the embedding first), one row a text
   * @param b those of b
   */
  record Part(
      String problem,
      int tokens,
      int sharedTokens,
      List<float[][]> a,
      List<float[][]> b,
      NextTokenSums next)
      implements Partial {}

  @Override
  public String id() {
    return ALIGNMENT;
  }

  @Override
  public String question() {
    return "What do the two models make of the same texts?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    Preparation preparation = Preparation.of(pair);
    if (preparation.texts().isEmpty()) {
      return List.of();
    }
    PortableModel a = PortableModel.of(pair.a());
    PortableModel b = PortableModel.of(pair.b());
    List<Unit> units = new ArrayList<>();
    List<TextPair> texts = preparation.texts();
    for (int first = 0; first < texts.size(); first += TEXTS_A_UNIT) {
      List<TextPair> some =
          List.copyOf(texts.subList(first, Math.min(texts.size(), first + TEXTS_A_UNIT)));
      units.add(new Unit(a, b, some, preparation.sharedA(), preparation.sharedB()));
    }
    return units;
  }

  @Override
  public Part measure(Unit unit, TensorReader tensors) {
    NextTokenSums next = NextTokenSums.NONE;
    List<List<float[]>> ofA = new ArrayList<>();
    List<List<float[]>> ofB = new ArrayList<>();
    try {
      TextReader a = unit.a().open(tensors);
      TextReader b = unit.b().open(tensors);
      for (TextPair text : unit.texts()) {
        Reading readA = a.read(cut(text.a(), a));
        Reading readB = b.read(cut(text.b(), b));
        ofA.add(means(readA));
        ofB.add(means(readB));
        next = next.plus(NextTokenSums.of(text, readA, readB, unit.sharedA(), unit.sharedB()));
      }
    } catch (ArtifactException | IllegalArgumentException e) {
      return new Part(
          String.valueOf(e.getMessage()), 0, 0, List.of(), List.of(), NextTokenSums.NONE);
    }
    int tokens = unit.texts().stream().mapToInt(text -> text.a().length).sum();
    return new Part("", tokens, unit.sharedA().length, byLayer(ofA), byLayer(ofB), next);
  }

  static int[] cut(int[] ids, TextReader reader) {
    return ids.length <= reader.maximumPositions()
        ? ids
        : Arrays.copyOf(ids, reader.maximumPositions());
  }

  /**
   * The mean over positions by layer. A decoder's first position is left out where there are
   * others: it holds no text, and in large models a hundredfold length.
   */
  static List<float[]> means(Reading reading) {
    List<float[]> means = new ArrayList<>();
    for (Matrix states : reading.states()) {
      int first = reading.logits() != null && states.rows() > 1 ? 1 : 0;
      double[] sums = new double[states.columns()];
      for (int position = first; position < states.rows(); position++) {
        for (int i = 0; i < sums.length; i++) {
          sums[i] += states.get(position, i);
        }
      }
      float[] mean = new float[sums.length];
      for (int i = 0; i < sums.length; i++) {
        mean[i] = (float) (sums[i] / (states.rows() - first));
      }
      means.add(mean);
    }
    return means;
  }

  static List<float[][]> byLayer(List<List<float[]>> byText) {
    List<float[][]> layers = new ArrayList<>();
    for (int layer = 0; layer < byText.getFirst().size(); layer++) {
      int at = layer;
      layers.add(byText.stream().map(text -> text.get(at)).toArray(float[][]::new));
    }
    return layers;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Part> partials) {
    if (partials.isEmpty()) {
      Preparation preparation = Preparation.of(pair); // fails here as it did in the plan
      return notApplicable(preparation.component(), preparation.why());
    }
    Component component = Preparation.component(pair).orElseThrow();
    for (Part part : partials) {
      if (!part.problem().isEmpty()) {
        return notApplicable(component, part.problem());
      }
    }
    List<Matrix> a = joined(partials.stream().map(Part::a).toList());
    List<Matrix> b = joined(partials.stream().map(Part::b).toList());
    NextTokenSums next = NextTokenSums.NONE;
    for (Part part : partials) {
      next = next.plus(part.next());
    }
    RepresentationEvidence evidence =
        new RepresentationEvidence(
            pair,
            component,
            partials.stream().mapToInt(Part::tokens).sum(),
            partials.getFirst().sharedTokens());
    return List.of(evidence.alignment(a, b), evidence.nextToken(next));
  }

  private static List<Evidence> notApplicable(Component component, String why) {
    return List.of(
        new NotApplicable(ALIGNMENT, component, why),
        new NotApplicable(NEXT_TOKEN, component, why));
  }

  static List<Matrix> joined(List<List<float[][]>> parts) {
    List<Matrix> layers = new ArrayList<>();
    for (int layer = 0; layer < parts.getFirst().size(); layer++) {
      List<float[]> rows = new ArrayList<>();
      for (List<float[][]> part : parts) {
        rows.addAll(Arrays.asList(part.get(layer)));
      }
      Matrix matrix = new Matrix(rows.size(), rows.getFirst().length);
      for (int row = 0; row < rows.size(); row++) {
        System.arraycopy(rows.get(row), 0, matrix.data(), row * matrix.columns(), matrix.columns());
      }
      layers.add(matrix);
    }
    return layers;
  }
}
