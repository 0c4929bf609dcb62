package dev.stemma.numeric;

import java.lang.reflect.InvocationTargetException;

/** Chooses the fastest kernel that this Java runs; one debug line in the log says which. */
public final class PairKernels {
  private static final System.Logger LOG = System.getLogger(PairKernels.class.getName());

  private PairKernels() {}

  /** The kernel to use. */
  public static PairKernel best() {
    return Chosen.KERNEL;
  }

  /** Chosen once, on first use. */
  private static final class Chosen {
    static final PairKernel KERNEL = choose();

    private static PairKernel choose() {
      PairKernel kernel = vectorOrScalar();
      LOG.log(System.Logger.Level.DEBUG, "pair kernel: {0}", kernel.name());
      return kernel;
    }

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
      } catch (InvocationTargetException e) {
        LOG.log(System.Logger.Level.DEBUG, "no vector kernel", e.getCause());
        return new ScalarPairKernel();
      } catch (ReflectiveOperationException | LinkageError e) {
        LOG.log(System.Logger.Level.DEBUG, "no vector kernel", e);
        return new ScalarPairKernel();
      }
    }
  }
}
