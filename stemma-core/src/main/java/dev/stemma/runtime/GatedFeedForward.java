package dev.stemma.runtime;

import java.util.stream.IntStream;

/** SwiGLU and its kin (Shazeer 2020): down(activation(gate(x)) * up(x)). */
record GatedFeedForward(Linear gate, Linear up, Linear down, Gating gating) implements FeedForward {
  /** How gate and up are combined. */
  sealed interface Gating {
    float combine(float gate, float up);
  }

  /** activation(gate) * up. */
  record Plain(Activation activation) implements Gating {
    @Override
    public float combine(float gate, float up) {
      return activation.apply(gate) * up;
    }
  }

  /** gpt-oss: gate and up clamped, gate * sigmoid(slope gate) * (up + 1); its slope is 1.702. */
  record Clamped(double limit, double slope) implements Gating {
    @Override
    public float combine(float gate, float up) {
      double clampedGate = Math.min(gate, limit);
      double clampedUp = Math.clamp(up, -limit, limit);
      return (float) ((clampedUp + 1) * clampedGate / (1 + Math.exp(-slope * clampedGate)));
    }
  }

  @Override
  public float[] apply(float[] x) {
    float[] gated = gate.apply(x);
    combine(gated, up.apply(x));
    return down.apply(gated);
  }

  @Override
  public float[][] applyAll(float[][] xs) {
    float[][] gated = gate.applyAll(xs);
    float[][] ups = up.applyAll(xs);
    IntStream.range(0, xs.length).parallel().forEach(i -> combine(gated[i], ups[i]));
    return down.applyAll(gated);
  }

  private void combine(float[] gated, float[] ups) {
    for (int i = 0; i < gated.length; i++) {
      gated[i] = gating.combine(gated[i], ups[i]);
    }
  }
}
