package dev.stemma.analysis.weights;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.analysis.weights.Exchangeable.Axis;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.UnitAlignment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The control that two tensors carry in themselves: every sampled unit of a against every sampled
 * unit of b, by cosine and by share of bit-equal elements. Same numbers stand on the diagonal.
 */
final class ShuffledControl {
  /** Units taken of a tensor, evenly spread. */
  private static final int UNITS = 128;

  /** Elements taken of each unit. */
  private static final int COORDINATES = 512;

  /** Tensors of a component whose units are sampled, evenly spread. */
  private static final int TENSORS = 256;

  private static final int FEWEST_UNITS = 8;
  private static final long WIDEST_ROW = 1 << 22;
  private static final int PERMUTATIONS = 1_999;

  private ShuffledControl() {}

  /**
   * One pair of tensors to sample.
   *
   * @param first units are the first so many; evenly spread where 0
   */
  record Sample(int tensor, TensorView a, TensorView b, Axis axis, String group, int first)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return List.of(a, b);
    }

    @Override
    public long bytes() {
      long rows = axis == Axis.ROWS ? UNITS : COORDINATES;
      long columns = axis == Axis.ROWS ? COORDINATES : a.shape().columns();
      return 8 * Math.min(rows, a.shape().rows()) * Math.min(columns, a.shape().columns());
    }
  }

  /**
   * Similarities [unit of a, unit of b], row-major.
   *
   * @param cosine raw cosine; the test takes row and column means out
   * @param bitEqual share of equal bits among elements that are zero on neither side
   */
  record Similarities(int tensor, String group, int units, float[] cosine, float[] bitEqual)
      implements Partial {}

  /** Which of these pairs to sample: at most so many of each component. */
  static List<Sample> plan(List<PairedTensor> tensors) {
    return plan(tensors, 0);
  }

  /** Where only the first rows are read, the first units of either axis: so their numbers fit. */
  static List<Sample> plan(List<PairedTensor> tensors, int first) {
    Map<Object, List<Sample>> byComponent = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      PairedTensor tensor = tensors.get(i);
      Exchangeable units = Exchangeable.of(tensor.role());
      if (canBeSampled(units.axis(), tensor.a().shape())) {
        byComponent
            .computeIfAbsent(tensor.role().component(), component -> new ArrayList<>())
            .add(
                new Sample(
                    i, tensor.a(), tensor.b(), units.axis(), group(tensor, units, first), first));
      }
    }
    List<Sample> samples = new ArrayList<>();
    for (List<Sample> all : byComponent.values()) {
      int[] chosen = spread(all.size(), TENSORS);
      for (int index : chosen) {
        samples.add(all.get(index));
      }
    }
    return samples;
  }

  private static boolean canBeSampled(Axis axis, Shape shape) {
    if (shape.rank() != 2 || shape.elements() == 0) {
      return false;
    }
    return switch (axis) {
      case ROWS -> shape.rows() >= FEWEST_UNITS && shape.rows() <= Integer.MAX_VALUE;
      case COLUMNS ->
          shape.columns() >= FEWEST_UNITS
              && shape.columns() <= WIDEST_ROW
              && shape.rows() <= Integer.MAX_VALUE;
      case ELEMENTS, NONE -> false;
    };
  }

  private static String group(PairedTensor tensor, Exchangeable units, int first) {
    int axis = units.axis() == Axis.ROWS ? 0 : 1;
    long all = tensor.a().shape().dimension(axis);
    return units.group() + " of " + (first > 0 ? Math.min(first, all) : all);
  }

  /** Reads the units and compares all with all. */
  static Similarities measure(Sample sample, TensorReader tensors) {
    float[][] a = units(sample, sample.a(), tensors);
    float[][] b = units(sample, sample.b(), tensors);
    int n = a.length;
    float[] cosine = new float[n * n];
    float[] bitEqual = new float[n * n];
    double[] normA = norms(a);
    double[] normB = norms(b);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double norms = normA[i] * normB[j];
        double dot = norms > 0 ? dot(a[i], b[j]) : 0;
        double value = norms > 0 ? dot / norms : 0;
        cosine[i * n + j] = Double.isFinite(value) ? (float) value : 0;
        bitEqual[i * n + j] = shareEqual(a[i], b[j]);
      }
    }
    return new Similarities(sample.tensor(), sample.group(), n, cosine, bitEqual);
  }

  /** Tests groups of tensors that share their numbering; those of one group are added first. */
  static UnitAlignment test(List<Similarities> similarities, boolean ofBits) {
    Map<String, double[][]> groups = new LinkedHashMap<>();
    for (Similarities matrix : similarities) {
      int n = matrix.units();
      double[][] sum = groups.computeIfAbsent(matrix.group(), group -> new double[n][n]);
      float[] values = ofBits ? matrix.bitEqual() : matrix.cosine();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          sum[i][j] += values[i * n + j];
        }
      }
    }
    return UnitAlignment.of(List.copyOf(groups.values()), PERMUTATIONS);
  }

  private static float[][] units(Sample sample, TensorView view, TensorReader tensors) {
    Axis axis = sample.axis();
    int rows = Math.toIntExact(view.shape().rows());
    long columns = view.shape().columns();
    if (axis == Axis.ROWS) {
      int[] chosen = spread(sample.first() > 0 ? Math.min(sample.first(), rows) : rows, UNITS);
      float[][] units = new float[chosen.length][(int) Math.min(columns, COORDINATES)];
      tensors.aheadRuns(
          view, Arrays.stream(chosen).mapToLong(unit -> unit * columns), units[0].length);
      for (int i = 0; i < chosen.length; i++) {
        tensors.read(view, chosen[i] * columns, units[i].length, units[i], 0);
      }
      return units;
    }
    int[] chosenRows = spread(rows, COORDINATES);
    int[] chosen =
        spread((int) (sample.first() > 0 ? Math.min(sample.first(), columns) : columns), UNITS);
    float[][] units = new float[chosen.length][chosenRows.length];
    float[] row = new float[(int) columns];
    tensors.aheadRows(view, chosenRows);
    for (int r = 0; r < chosenRows.length; r++) {
      tensors.read(view, chosenRows[r] * columns, row.length, row, 0);
      for (int i = 0; i < chosen.length; i++) {
        units[i][r] = row[chosen[i]];
      }
    }
    return units;
  }

  /** At most {@code most} of the numbers below {@code size}, evenly spread. */
  private static int[] spread(int size, int most) {
    int count = Math.min(size, most);
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = (int) ((long) i * size / count);
    }
    return chosen;
  }

  private static double[] norms(float[][] units) {
    double[] norms = new double[units.length];
    for (int i = 0; i < units.length; i++) {
      norms[i] = Math.sqrt(dot(units[i], units[i]));
    }
    return norms;
  }

  private static double dot(float[] a, float[] b) {
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 1 < a.length; i += 2) {
      even += (double) a[i] * b[i];
      odd += (double) a[i + 1] * b[i + 1];
    }
    return i < a.length ? even + odd + (double) a[i] * b[i] : even + odd;
  }

  private static float shareEqual(float[] a, float[] b) {
    int equal = 0;
    int counted = 0;
    for (int i = 0; i < a.length; i++) {
      if (a[i] != 0 && b[i] != 0) {
        counted++;
        equal += Float.floatToRawIntBits(a[i]) == Float.floatToRawIntBits(b[i]) ? 1 : 0;
      }
    }
    return counted == 0 ? 0 : (float) equal / counted;
  }
}
