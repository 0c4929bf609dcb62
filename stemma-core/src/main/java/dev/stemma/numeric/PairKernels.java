package dev.stemma.numeric;

/** Chooses the fastest kernel that this Java runs. */
public final class PairKernels {
  private PairKernels() {}

  /** The kernel to use. */
  public static PairKernel best() {
    return Chosen.KERNEL;
  }

  /** Chosen once, on first use. */
  private static final class Chosen {
    static final PairKernel KERNEL =
        VectorTwin.orPlain(PairKernel.class, "VectorPairKernel", ScalarPairKernel::new);
  }
}
