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
    static final PairKernel KERNEL = vectorOrScalar();

    /** By name, so that a Java without the vector module still loads this class. */
    private static PairKernel vectorOrScalar() {
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        return new ScalarPairKernel();
      }
      try {
        return Class.forName("dev.stemma.numeric.simd.VectorPairKernel")
            .asSubclass(PairKernel.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException | LinkageError notOnThisMachine) {
        return new ScalarPairKernel();
      }
    }
  }
}
