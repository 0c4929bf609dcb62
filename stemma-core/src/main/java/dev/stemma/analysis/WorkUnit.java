package dev.stemma.analysis;

import java.io.Serializable;

/** A part of an analysis: says where its bytes are, never holds them. */
public interface WorkUnit extends Serializable {
  /** Bytes it will read, for plans and progress. */
  long bytes();
}
