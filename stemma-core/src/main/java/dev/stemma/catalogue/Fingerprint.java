package dev.stemma.catalogue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is kept of a model, at most {@link FingerprintFormat#MAXIMUM_BYTES} bytes: enough to find
 * its relatives, and to say which layers are the same bits.
 *
 * @param shape what it is built like
 * @param tokenizer of its vocabulary
 * @param layers of its bodies' layers in order; consecutive ones share an item in a model of more
 *     than {@link #MOST_LAYERS}
 * @param outside Merkle root over the tensors outside the layers
 * @param sketch {@link #LENGTH} numbers of unit length: a third direct, a third of the embedding, a
 *     third of circuits; see {@link Block}
 */
public record Fingerprint(
    ModelShape shape, TokenizerSketch tokenizer, List<Layer> layers, Root outside, float[] sketch) {
  /** Numbers of a sketch. */
  public static final int LENGTH = 384;

  /** Layers that have an item of their own. */
  public static final int MOST_LAYERS = 128;

  /** Keeps the list unmodifiable. */
  public Fingerprint {
    layers = List.copyOf(layers);
    if (sketch.length != LENGTH || layers.size() > MOST_LAYERS) {
      throw new IllegalArgumentException("a sketch of " + sketch.length + " numbers");
    }
  }

  /** The three parts of a sketch, each of which survives other changes. */
  public enum Block {
    /** Signed sums of weights where they lie; survives training, pruned and repeated layers. */
    DIRECT(0),
    /** Cosines between rows of the embedding; survives rotation of the hidden dimensions too. */
    EMBEDDING(LENGTH / 3),
    /** What the layers make of those rows; survives every renumbering, rotation and rescaling. */
    CIRCUITS(2 * LENGTH / 3);

    private final int offset;

    Block(int offset) {
      this.offset = offset;
    }

    /** Where the block begins. */
    int offset() {
      return offset;
    }

    /** Numbers of a block. */
    static int length() {
      return LENGTH / 3;
    }
  }

  /** A SHA-256 Merkle root. */
  public record Root(long a, long b, long c, long d) {}

  /**
   * One layer.
   *
   * @param root over its tensors' digests, values as float32
   * @param profile {@link #PROFILE} numbers: logarithms of deviations, quantiles of neurons' norms
   *     and of gains; as float16, NaN where the layer has no such tensor
   */
  public record Layer(Root root, short[] profile) {
    /** Numbers of a profile. */
    public static final int PROFILE = 17;

    @Override
    public boolean equals(Object other) {
      return other instanceof Layer layer
          && root.equals(layer.root)
          && Arrays.equals(profile, layer.profile);
    }

    @Override
    public int hashCode() {
      return root.hashCode();
    }
  }

  /** Cosine of two sketches. */
  public double similarity(Fingerprint other) {
    double sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += (double) sketch[i] * other.sketch[i];
    }
    return sum;
  }

  /** Cosine of one block; NaN where a model has none. */
  public double similarity(Block block, Fingerprint other) {
    double dot = 0;
    double own = 0;
    double its = 0;
    for (int i = block.offset(); i < block.offset() + Block.length(); i++) {
      dot += (double) sketch[i] * other.sketch[i];
      own += (double) sketch[i] * sketch[i];
      its += (double) other.sketch[i] * other.sketch[i];
    }
    return own > 0 && its > 0 ? dot / Math.sqrt(own * its) : Double.NaN;
  }

  /** How many of this model's layers the other has bit for bit, wherever they lie. */
  public int layersInCommon(Fingerprint other) {
    Set<Root> roots = new HashSet<>();
    other.layers.forEach(layer -> roots.add(layer.root()));
    return (int) layers.stream().filter(layer -> roots.contains(layer.root())).count();
  }

  /**
   * Root mean square difference of the layers' profiles at the same relative depth, in natural
   * logarithms; NaN where nothing is common.
   */
  public double profileDistance(Fingerprint other) {
    double sum = 0;
    int count = 0;
    for (int layer = 0; layer < layers.size() && !other.layers.isEmpty(); layer++) {
      int at = layers.size() == 1 ? 0 : layer * (other.layers.size() - 1) / (layers.size() - 1);
      for (int i = 0; i < Layer.PROFILE; i++) {
        float difference =
            Float.float16ToFloat(layers.get(layer).profile()[i])
                - Float.float16ToFloat(other.layers.get(at).profile()[i]);
        if (!Float.isNaN(difference)) {
          sum += difference * (double) difference;
          count++;
        }
      }
    }
    return count == 0 ? Double.NaN : Math.sqrt(sum / count);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint fingerprint
        && shape.equals(fingerprint.shape)
        && tokenizer.equals(fingerprint.tokenizer)
        && layers.equals(fingerprint.layers)
        && outside.equals(fingerprint.outside)
        && Arrays.equals(sketch, fingerprint.sketch);
  }

  @Override
  public int hashCode() {
    return 31 * outside.hashCode() + Arrays.hashCode(sketch);
  }
}
