package dev.stemma;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.engine.Engine;
import dev.stemma.engine.LocalEngine;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;

/**
 * The one thing that every face calls: opens models and compares them. Holds the mapped files and
 * the worker threads until it is closed.
 */
public final class Investigation implements AutoCloseable {
  private final Sources sources;
  private final ByteSource bytes;
  private final LocalEngine engine;
  private final Progress progress;

  /**
   * Opens nothing yet.
   *
   * @param threads worker threads, at least 1
   */
  public Investigation(Sources sources, int threads, Progress progress) {
    this.sources = sources;
    this.bytes = new LocalBytes();
    this.engine = new LocalEngine(threads, new TensorReader(bytes));
    this.progress = progress;
  }

  /** Reads a model's headers and gives its tensors their roles. */
  public CanonicalModel open(String reference) {
    return Families.canonicalise(
        new ModelReader().read(sources.resolve(reference, progress), bytes));
  }

  /** Where tensors' values come from, for work outside the engine. */
  public TensorReader tensors() {
    return new TensorReader(bytes);
  }

  /** The engine of this investigation. */
  public Engine engine() {
    return engine;
  }

  @Override
  public void close() {
    engine.close();
    bytes.close();
  }
}
