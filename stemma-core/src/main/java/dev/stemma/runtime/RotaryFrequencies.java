package dev.stemma.runtime;

import java.util.Arrays;
import java.util.List;

/**
 * How the angles of a rotary embedding come from its base and its scaling rule. The steps round to
 * float32 where the official code's do: at a position in the thousands the last bit of an angle
 * shows.
 */
public final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /** base^(2i/dimensions): the positions after which a pair has turned by one radian. */
  private static float[] periods(double base, int dimensions) {
    float[] periods = new float[dimensions / 2];
    for (int i = 0; i < periods.length; i++) {
      periods[i] = (float) Math.pow(base, (float) (2 * i) / dimensions);
    }
    return periods;
  }

  /** base^(-2i/dimensions), unscaled. */
  static double[] plain(double base, int dimensions) {
    return inverse(periods(base, dimensions), 1);
  }

  private static double[] inverse(float[] periods, float factor) {
    double[] angles = new double[periods.length];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = 1 / (factor * periods[i]);
    }
    return angles;
  }

  private record Fixed(int dimensions, double[] angles, double factor)
      implements Rotary.Frequencies {
    @Override
    public double[] at(int sequenceLength) {
      return angles;
    }

    @Override
    public double attentionFactor(int sequenceLength) {
      return factor;
    }
  }

  /** Unscaled. */
  public static Rotary.Frequencies unscaled(double base, int dimensions) {
    return new Fixed(dimensions, plain(base, dimensions), 1);
  }

  /** Position interpolation (Chen et al. 2023): all angles divided by the factor. */
  public static Rotary.Frequencies linear(double base, int dimensions, double factor) {
    return new Fixed(
        dimensions,
        Arrays.stream(plain(base, dimensions))
            .map(angle -> (float) angle / (float) factor)
            .toArray(),
        1);
  }

  /** NTK-aware scaling whose base grows once the sequence is longer than the maximum. */
  public static Rotary.Frequencies dynamic(
      double base, int dimensions, double factor, int maximumPositions) {
    return new Rotary.Frequencies() {
      @Override
      public int dimensions() {
        return dimensions;
      }

      @Override
      public double[] at(int sequenceLength) {
        int length = Math.max(sequenceLength, maximumPositions);
        double stretch = factor * length / maximumPositions - (factor - 1);
        return plain(base * Math.pow(stretch, dimensions / (dimensions - 2.0)), dimensions);
      }

      @Override
      public double attentionFactor(int sequenceLength) {
        return 1;
      }
    };
  }

  /**
   * YaRN (Peng et al. 2023): slow pairs are interpolated, fast ones kept, with a ramp between.
   *
   * @param truncate whether the ramp's ends are rounded to whole dimensions
   */
  public static Rotary.Frequencies yarn(
      double base,
      int dimensions,
      double factor,
      int originalPositions,
      double betaFast,
      double betaSlow,
      boolean truncate,
      double attentionFactor) {
    double low = correction(betaFast, dimensions, base, originalPositions);
    double high = correction(betaSlow, dimensions, base, originalPositions);
    if (truncate) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dimensions - 1);
    if (low == high) {
      high += 0.001;
    }
    float[] periods = periods(base, dimensions);
    double[] kept = inverse(periods, 1);
    double[] interpolated = inverse(periods, (float) factor);
    for (int i = 0; i < kept.length; i++) {
      float ramp = (i - (float) low) / (float) (high - low);
      float share = 1 - Math.clamp(ramp, 0f, 1f);
      kept[i] = (float) interpolated[i] * (1 - share) + (float) kept[i] * share;
    }
    return new Fixed(dimensions, kept, attentionFactor);
  }

  private static double correction(double rotations, int dimensions, double base, int positions) {
    return dimensions * Math.log(positions / (rotations * 2 * Math.PI)) / (2 * Math.log(base));
  }

  /** YaRN's factor on the attention for a scale: 0.1 m ln(scale) + 1. */
  public static double yarnAttention(double scale, double multiplier) {
    return scale <= 1 ? 1 : 0.1 * multiplier * Math.log(scale) + 1;
  }

  /**
   * Llama 3.1's rule: long wavelengths divided by the factor, short ones kept, a smooth ramp
   * between.
   */
  public static Rotary.Frequencies llama3(
      double base,
      int dimensions,
      double factor,
      double lowFactor,
      double highFactor,
      int originalPositions) {
    double[] angles = plain(base, dimensions);
    float divisor = (float) factor;
    for (int i = 0; i < angles.length; i++) {
      float angle = (float) angles[i];
      float wavelength = (float) (2 * Math.PI) / angle;
      if (wavelength > originalPositions / lowFactor) {
        angles[i] = angle / divisor;
      } else if (wavelength >= originalPositions / highFactor) {
        float smooth =
            (originalPositions / wavelength - (float) lowFactor) / (float) (highFactor - lowFactor);
        angles[i] = (1 - smooth) * angle / divisor + smooth * angle;
      }
    }
    return new Fixed(dimensions, angles, 1);
  }

  /**
   * LongRoPE (Ding et al. 2024): each pair divided by a searched factor, one list for short and one
   * for long sequences.
   */
  public static Rotary.Frequencies longRope(
      double base,
      int dimensions,
      List<Double> shortFactors,
      List<Double> longFactors,
      int originalPositions,
      double shortAttention,
      double longAttention) {
    double[] brief = divided(periods(base, dimensions), shortFactors);
    double[] extended = divided(periods(base, dimensions), longFactors);
    return new Rotary.Frequencies() {
      @Override
      public int dimensions() {
        return dimensions;
      }

      @Override
      public double[] at(int sequenceLength) {
        return sequenceLength > originalPositions ? extended : brief;
      }

      @Override
      public double attentionFactor(int sequenceLength) {
        return sequenceLength > originalPositions ? longAttention : shortAttention;
      }
    };
  }

  private static double[] divided(float[] periods, List<Double> factors) {
    double[] angles = new double[periods.length];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = 1 / (factors.get(i).floatValue() * periods[i]);
    }
    return angles;
  }
}
