package dev.stemma.numeric;

import java.util.function.Supplier;

/** Finds a kernel's twin on the Vector API by name, so that a Java without that module runs too. */
final class VectorTwin {
  private VectorTwin() {}

  /** The twin of this name in {@code numeric.simd}, or the plain kernel where it cannot run. */
  static <K> K orPlain(Class<K> kind, String name, Supplier<? extends K> plain) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return plain.get();
    }
    try {
      return Class.forName("dev.stemma.numeric.simd." + name)
          .asSubclass(kind)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError notOnThisMachine) {
      return plain.get();
    }
  }
}
