package dev.stemma.format;

import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import java.lang.foreign.MemorySegment;

/** Turns views into numbers, a bounded piece at a time. Thread-safe; holds no data of its own. */
public final class TensorReader {
  private final ByteSource bytes;

  /** Reads through this source. */
  public TensorReader(ByteSource bytes) {
    this.bytes = bytes;
  }

  /** The stored bytes themselves, mapped where they are local. */
  public MemorySegment stored(TensorView.Stored view) {
    return bytes.read(view.bytes());
  }
}
