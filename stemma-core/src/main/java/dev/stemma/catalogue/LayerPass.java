package dev.stemma.catalogue;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.SketchKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One pass over one layer: its digests, its profile and its share of the sketch. */
final class LayerPass {
  private static final int ANCHORS = SketchKernel.ANCHORS;
  private static final int DIRECT_ROWS = 256;
  private static final int DIRECT_EXPERTS = 4;
  private static final int MOST_ROWS = 1 << 20;
  private static final List<Part> MATRICES =
      List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.OUTPUT, Part.GATE, Part.UP, Part.DOWN);

  private final FingerprintUnit.OfLayer unit;
  private final Optional<Anchors> anchors;
  private final TensorReader reader;
  private final SketchKernel kernel = SketchKernel.best();

  /** What was read of matrices, by part, for the expert at hand. */
  private final Map<Part, float[]> products = new HashMap<>();

  private final Map<Part, Integer> heights = new HashMap<>();
  private final double[] squares = new double[MATRICES.size()];
  private final long[] elements = new long[MATRICES.size()];
  private final List<Double> neuronNorms = new ArrayList<>();
  private final double[] direct = new double[Fingerprint.Block.length()];
  private final double[][] circuits = new double[3][ANCHORS * ANCHORS];

  LayerPass(FingerprintUnit.OfLayer unit, TensorReader reader) {
    this.unit = unit;
    this.anchors = Anchors.of(unit.embedding(), reader);
    this.reader = reader;
  }

  FingerprintPartial.LayerSums sums() {
    MerkleTree leaves = new MerkleTree();
    float[] attentionGain = gain(Part.ATTENTION_NORM);
    float[] mlpGain = gain(Part.MLP_NORM);
    Optional<float[]> attentionInputs =
        anchors.map(all -> all.inputs(attentionGain, has(Part.ATTENTION_NORM_BIAS)));
    Optional<float[]> mlpInputs = anchors.map(all -> all.inputs(mlpGain, has(Part.MLP_NORM_BIAS)));
    Optional<float[]> outputs = anchors.map(Anchors::outputs);
    Map<Integer, List<Role>> experts = new java.util.TreeMap<>();
    for (Role role : unit.tensors().keySet()) {
      experts.computeIfAbsent(role.expert(), none -> new ArrayList<>()).add(role);
    }
    for (List<Role> roles : experts.values()) {
      products.clear();
      heights.clear();
      for (Role role : roles) {
        TensorView view = Objects.requireNonNull(unit.tensors().get(role));
        int index = MATRICES.indexOf(role.part());
        Optional<float[]> multiplied =
            switch (role.part()) {
              case QUERY, KEY, VALUE -> attentionInputs;
              case GATE, UP -> mlpInputs;
              case OUTPUT, DOWN -> outputs;
              default -> Optional.empty();
            };
        byte[] digest =
            index >= 0 && view.shape().rank() == 2 && view.shape().rows() <= MOST_ROWS
                ? matrix(role, index, view, multiplied)
                : TensorPass.over(view, reader, (first, rows, columns, values) -> {});
        leaves.leaf(role.key(), digest);
      }
      addFeedForward();
      addAttention();
    }
    return new FingerprintPartial.LayerSums(
        leaves.leaves(), profile(attentionGain, mlpGain), direct, circuits);
  }

  private Optional<TensorView> tensor(Part part) {
    Role first = unit.tensors().firstKey();
    return Optional.ofNullable(
        unit.tensors().get(Role.inLayer(first.component(), first.layer(), part)));
  }

  private boolean has(Part part) {
    return tensor(part).isPresent();
  }

  private float[] gain(Part part) {
    float[] gain =
        tensor(part)
            .filter(view -> view.shape().elements() <= MOST_ROWS)
            .map(reader::readAll)
            .orElse(new float[0]);
    for (int i = 0; i < gain.length; i++) {
      gain[i] = Float.isFinite(gain[i]) ? gain[i] : 0;
    }
    return gain;
  }

  private byte[] matrix(Role role, int index, TensorView view, Optional<float[]> multiplied) {
    int height = (int) view.shape().rows();
    int width = Math.toIntExact(view.shape().columns());
    boolean reading = role.part() == Part.OUTPUT || role.part() == Part.DOWN;
    int needed = ANCHORS * (reading ? height : width);
    float[] by = multiplied.filter(all -> all.length == needed).orElse(new float[0]);
    float[] product = by.length == 0 ? by : new float[ANCHORS * (reading ? width : height)];
    double[] sums = new double[direct.length];
    double[] directSquares = new double[1];
    boolean sketched = role.expert() < DIRECT_EXPERTS;
    boolean neurons = role.part() == Part.GATE || (role.part() == Part.UP && neuronNorms.isEmpty());
    Buckets buckets = new Buckets(role.part(), width);
    byte[] digest =
        TensorPass.over(
            view,
            reader,
            (first, rows, columns, values) -> {
              for (int row = 0; row < rows; row++) {
                int offset = row * columns;
                double norm = squares(values, offset, columns);
                squares[index] += norm;
                elements[index] += columns;
                if (neurons) {
                  neuronNorms.add(Math.sqrt(norm));
                }
                if (sketched && first + row < DIRECT_ROWS) {
                  directSquares[0] += norm;
                  buckets.add(first + row, values, offset, sums);
                }
                if (by.length == 0) {
                  continue;
                }
                if (reading) {
                  kernel.accumulate(values, offset, columns, by, (first + row) * ANCHORS, product);
                } else {
                  kernel.project(values, offset, columns, by, product, (first + row) * ANCHORS);
                }
              }
            });
    if (directSquares[0] > 0) {
      for (int i = 0; i < sums.length; i++) {
        direct[i] += sums[i] / Math.sqrt(directSquares[0]);
      }
    }
    if (by.length > 0) {
      products.put(role.part(), product);
      heights.put(role.part(), reading ? width : height);
    }
    return digest;
  }

  private static double squares(float[] values, int offset, int count) {
    double sum = 0;
    float part = 0;
    for (int i = 0; i < count; i++) {
      part += values[offset + i] * values[offset + i];
      if ((i & 63) == 63) {
        sum += part;
        part = 0;
      }
    }
    return sum + part;
  }

  private void addFeedForward() {
    float[] up = products.get(Part.UP);
    float[] gate = products.getOrDefault(Part.GATE, up);
    float[] down = products.get(Part.DOWN);
    if (up == null || gate == null || down == null) {
      return;
    }
    int neurons = heights.getOrDefault(Part.UP, 0);
    if (gate.length != up.length || down.length != up.length) {
      return;
    }
    double[] found = new double[ANCHORS * ANCHORS];
    for (int neuron = 0; neuron < neurons; neuron++) {
      for (int j = 0; j < ANCHORS; j++) {
        double before = gate[neuron * ANCHORS + j];
        double active = before / (1 + StrictMath.exp(-before));
        double value = gate == up ? active : active * up[neuron * ANCHORS + j];
        for (int i = 0; i < ANCHORS; i++) {
          found[i * ANCHORS + j] += down[i * neurons + neuron] * value;
        }
      }
    }
    add(found, circuits[2]);
  }

  private void addAttention() {
    float[] query = products.get(Part.QUERY);
    float[] key = products.get(Part.KEY);
    if (query != null && key != null) {
      int rows = heights.getOrDefault(Part.QUERY, 0);
      int[] map = headMap(rows, heights.getOrDefault(Part.KEY, 0));
      double[] found = new double[ANCHORS * ANCHORS];
      for (int row = 0; row < map.length; row++) {
        for (int i = 0; i < ANCHORS; i++) {
          double value = query[row * ANCHORS + i];
          for (int j = 0; j < ANCHORS; j++) {
            found[i * ANCHORS + j] += value * key[map[row] * ANCHORS + j];
          }
        }
      }
      add(found, circuits[0]);
    }
    float[] value = products.get(Part.VALUE);
    float[] output = products.get(Part.OUTPUT);
    if (value != null && output != null) {
      int columns = heights.getOrDefault(Part.OUTPUT, 0);
      int[] map = headMap(columns, heights.getOrDefault(Part.VALUE, 0));
      double[] found = new double[ANCHORS * ANCHORS];
      for (int column = 0; column < map.length; column++) {
        for (int i = 0; i < ANCHORS; i++) {
          double out = output[i * columns + column];
          for (int j = 0; j < ANCHORS; j++) {
            found[i * ANCHORS + j] += out * value[map[column] * ANCHORS + j];
          }
        }
      }
      add(found, circuits[1]);
    }
  }

  /** Rows of the key that rows of the query meet; empty where the heads' size is not known. */
  private int[] headMap(int rows, int keyRows) {
    int group = keyRows > 0 && rows % keyRows == 0 ? rows / keyRows : 0;
    long heads = unit.heads();
    long head =
        unit.headSize() > 0 ? unit.headSize() : heads > 0 && rows % heads == 0 ? rows / heads : 0;
    boolean known = group == 1 || (head > 0 && keyRows % head == 0);
    int[] map = new int[group > 0 && known ? rows : 0];
    for (int row = 0; row < map.length; row++) {
      map[row] = group == 1 ? row : (int) (row / head / group * head + row % head);
    }
    return map;
  }

  /** Adds a matrix without its row and column means, of unit length. */
  private static void add(double[] found, double[] sum) {
    double[] rows = new double[ANCHORS];
    double[] columns = new double[ANCHORS];
    double all = 0;
    for (int i = 0; i < ANCHORS; i++) {
      for (int j = 0; j < ANCHORS; j++) {
        double value = found[i * ANCHORS + j] / ANCHORS;
        rows[i] += value;
        columns[j] += value;
        all += value / ANCHORS;
      }
    }
    double squares = 0;
    for (int place = 0; place < found.length; place++) {
      found[place] += all - rows[place / ANCHORS] - columns[place % ANCHORS];
      squares += found[place] * found[place];
    }
    for (int place = 0; place < found.length && squares > 0 && squares < 1e300; place++) {
      sum[place] += found[place] / Math.sqrt(squares);
    }
  }

  private double[] profile(float[] attentionGain, float[] mlpGain) {
    double[] profile = new double[Fingerprint.Layer.PROFILE];
    Arrays.fill(profile, Double.NaN);
    for (int part = 0; part < squares.length; part++) {
      if (elements[part] > 0 && squares[part] > 0) {
        profile[part] = 0.5 * StrictMath.log(squares[part] / elements[part]);
      }
    }
    double[] norms = neuronNorms.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int at = squares.length;
    for (double level : new double[] {0.1, 0.25, 0.75, 0.9}) {
      double median = quantile(norms, 0.5);
      double value = quantile(norms, level);
      profile[at++] = median > 0 && value > 0 ? StrictMath.log(value / median) : Double.NaN;
    }
    for (float[] gain : List.of(attentionGain, mlpGain)) {
      double[] sorted = new double[gain.length];
      for (int i = 0; i < gain.length; i++) {
        sorted[i] = gain[i];
      }
      Arrays.sort(sorted);
      for (double level : new double[] {0.1, 0.5, 0.9}) {
        profile[at++] = quantile(sorted, level);
      }
    }
    return profile;
  }

  private static double quantile(double[] sorted, double level) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (level * (sorted.length - 1))];
  }

  /** Bucket and sign of every place of a matrix, the same in all models. */
  private static final class Buckets {
    private final Part part;
    private final byte[] bucket;
    private final float[] sign;
    private final float[] folded = new float[Fingerprint.Block.length()];

    Buckets(Part part, int columns) {
      this.part = part;
      bucket = new byte[columns];
      sign = new float[columns];
      for (int column = 0; column < columns; column++) {
        long hash = Hashing.of(MATRICES.indexOf(part), column);
        bucket[column] = (byte) (hash & (folded.length - 1));
        sign[column] = hash < 0 ? -1 : 1;
      }
    }

    void add(int row, float[] values, int offset, double[] sums) {
      Arrays.fill(folded, 0);
      for (int column = 0; column < bucket.length; column++) {
        folded[bucket[column]] += sign[column] * values[offset + column];
      }
      long hash = Hashing.of(1000 + MATRICES.indexOf(part), row);
      int turn = (int) (hash & (folded.length - 1));
      for (int i = 0; i < folded.length; i++) {
        sums[i ^ turn] += hash < 0 ? -folded[i] : folded[i];
      }
    }
  }
}
