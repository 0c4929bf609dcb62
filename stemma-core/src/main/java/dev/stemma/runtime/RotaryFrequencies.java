package dev.stemma.runtime;

import java.util.Arrays;
import java.util.List;

/** How the angles of a rotary embedding come from its base and its scaling rule. */
public final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /** base^(-2i/dimensions), unscaled. */
  static double[] plain(double base, int dimensions) {
    double[] angles = new double[dimensions / 2];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = (float) (1.0 / Math.pow(base, 2.0 * i / dimensions));
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
        Arrays.stream(plain(base, dimensions)).map(angle -> angle / factor).toArray(),
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
    double[] angles = plain(base, dimensions);
    for (int i = 0; i < angles.length; i++) {
      double interpolated = Math.clamp((i - low) / (high - low), 0, 1);
      angles[i] = angles[i] / factor * interpolated + angles[i] * (1 - interpolated);
    }
    return new Fixed(dimensions, angles, attentionFactor);
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
    for (int i = 0; i < angles.length; i++) {
      double wavelength = 2 * Math.PI / angles[i];
      if (wavelength > originalPositions / lowFactor) {
        angles[i] /= factor;
      } else if (wavelength >= originalPositions / highFactor) {
        double smooth = (originalPositions / wavelength - lowFactor) / (highFactor - lowFactor);
        angles[i] = (1 - smooth) * angles[i] / factor + smooth * angles[i];
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
    double[] brief = divided(plain(base, dimensions), shortFactors);
    double[] extended = divided(plain(base, dimensions), longFactors);
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

  private static double[] divided(double[] angles, List<Double> factors) {
    double[] result = angles.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] /= factors.get(i);
    }
    return result;
  }
}
