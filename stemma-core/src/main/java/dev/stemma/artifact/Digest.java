package dev.stemma.artifact;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A digest that is computed when it is first asked for: not every command names what it read. */
public final class Digest {
  private final Supplier<String> computation;
  private @Nullable String hexadecimal;

  private Digest(Supplier<String> computation) {
    this.computation = computation;
  }

  /** A digest that is known, in hexadecimal. */
  public static Digest of(String hexadecimal) {
    return new Digest(() -> hexadecimal);
  }

  /** A digest that this computes, once; what it reads must still be open then. */
  public static Digest lazily(Supplier<String> computation) {
    return new Digest(computation);
  }

  /** The digest in hexadecimal. */
  public synchronized String hexadecimal() {
    if (hexadecimal == null) {
      hexadecimal = computation.get();
    }
    return hexadecimal;
  }

  /** The digest where it has been computed; asks for nothing. */
  @Override
  public synchronized String toString() {
    return hexadecimal == null ? "not computed" : hexadecimal;
  }
}
