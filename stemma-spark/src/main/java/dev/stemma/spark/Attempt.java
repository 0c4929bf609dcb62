package dev.stemma.spark;

import dev.stemma.analysis.Partial;
import dev.stemma.artifact.ArtifactException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A unit's result, or why there is none: a fault of the input is a result too, so that Spark does
 * not try it again and the other units go on.
 */
record Attempt<P extends Partial>(@Nullable P value, @Nullable RuntimeException failure)
    implements Partial {
  static <P extends Partial> Attempt<P> of(Supplier<P> work) {
    try {
      return new Attempt<>(work.get(), null);
    } catch (CancellationException e) {
      throw e;
    } catch (ArtifactException e) {
      return new Attempt<>(null, e);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return new Attempt<>(null, new RemoteFailure(String.valueOf(e)));
    }
  }

  /** The result; throws what there is instead. */
  P get() {
    if (failure != null) {
      throw failure;
    }
    if (value == null) {
      throw new IllegalStateException("neither a result nor a failure");
    }
    return value;
  }

  /** A defect or a lack of memory on another machine, told in the words it was told there. */
  static final class RemoteFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String told;

    RemoteFailure(String told) {
      super(told);
      this.told = told;
    }

    /** As the failure there: what the report says of it must not depend on where it happened. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
      return told;
    }
  }
}
