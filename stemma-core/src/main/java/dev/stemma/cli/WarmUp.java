package dev.stemma.cli;

import dev.stemma.numeric.PairKernels;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Has the JIT compile the loop over weights while the command line and the headers are read: it
 * takes a third of a second, and a worker that began in the interpreter would stay there for a
 * whole chunk.
 */
final class WarmUp {
  private static volatile CompletableFuture<Void> done = CompletableFuture.completedFuture(null);

  private WarmUp() {}

  /** Starts it on its own thread for {@code weights}, which awaits it. */
  static void startFor(String... arguments) {
    if (arguments.length > 1 && arguments[0].equals("weights")) {
      CompletableFuture<Void> warm = new CompletableFuture<>();
      done = warm;
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              PairKernels.best().warmUp();
            } finally {
              warm.complete(null);
            }
          });
    }
  }

  /** Waits until it is done, or was never started. */
  static void await() {
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
