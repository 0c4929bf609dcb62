package dev.stemma.lab;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Sequence;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves that a disguise keeps the function: base and derived model read the same tokens, and their
 * logits may differ by no more than rounding.
 */
final class SameFunction {
  private static final int TOKENS = 16;
  private static final long SEED = 0x1D5;

  /** Differences of float32 sums in another order, as a share of the logits' spread. */
  private static final double ARITHMETIC = 1e-3;

  /**
   * Rounded weights bring an error of about one unit roundoff a layer, growing with the root of the
   * number of layers; the largest of many thousand logits lies some standard deviations out.
   */
  private static final double ROUNDING_FACTOR = 32;

  private final TensorReader reader;

  SameFunction(TensorReader reader) {
    this.reader = reader;
  }

  /**
   * Records the largest difference, or why it could not be measured.
   *
   * @throws ArtifactException if the function changed
   */
  void prove(CanonicalModel base, CanonicalModel derived, ObjectNode record) {
    Decoder before;
    try {
      before = DecoderBuilder.build(base, reader);
    } catch (ArtifactException e) {
      // No executable architecture for this family: said in the record, which is not a proof.
      record.put("outcome", "not tested");
      record.put("why", String.valueOf(e.getMessage()));
      return;
    }
    Decoder after = DecoderBuilder.build(derived, reader);
    Sequence one = before.begin();
    Sequence other = after.begin();
    Random random = new Random(SEED);
    int count = Math.min(TOKENS, before.maximumPositions());
    double largest = 0;
    double sum = 0;
    double squares = 0;
    long elements = 0;
    for (int position = 0; position < count; position++) {
      int token = random.nextInt(before.vocabulary());
      float[] expected = one.read(token, count);
      float[] found = other.read(token, count);
      for (int i = 0; i < expected.length; i++) {
        double difference = Math.abs((double) expected[i] - found[i]);
        largest = difference <= largest ? largest : difference; // NaN stays
        sum += expected[i];
        squares += (double) expected[i] * expected[i];
        elements++;
      }
    }
    double mean = sum / elements;
    double spread = Math.sqrt(Math.max(0, squares / elements - mean * mean));
    double tolerance =
        spread
            * Math.max(
                ARITHMETIC,
                ROUNDING_FACTOR * roundoff(derived) * Math.sqrt(before.layers().size() + 1.0));
    if (!(largest <= tolerance)) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          base.model().reference(),
          "lab derive",
          "logits within " + tolerance + " of the base's (a disguise keeps the function)",
          "a difference of " + largest,
          "Nothing was written; this base's architecture has a part that the disguise misses.");
    }
    record.put("outcome", "proved");
    record.put("tokens", count);
    record.put("largestLogitDifference", largest);
    record.put("standardDeviationOfLogits", spread);
    record.put("tolerance", tolerance);
  }

  /** Largest relative rounding error of the stored types. */
  private static double roundoff(CanonicalModel model) {
    double worst = 0;
    for (Tensor tensor : model.model().tensors()) {
      if (tensor.view() instanceof TensorView.Stored stored) {
        worst = Math.max(worst, roundoff(stored.type()));
      }
    }
    return worst;
  }

  private static double roundoff(ElementType type) {
    return switch (type) {
      case BF16 -> 0x1p-9;
      case F16 -> 0x1p-11;
      default -> 0x1p-24;
    };
  }
}
