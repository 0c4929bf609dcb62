package dev.stemma.analysis;

import dev.stemma.artifact.TensorView;
import java.io.Serializable;
import java.util.List;

/** A part of an analysis: says where its bytes are, never holds them. */
public interface WorkUnit extends Serializable {
  /** Bytes it will read, for plans and progress. */
  long bytes();

  /**
   * Views in which all lies that it may read, so that what several units read is counted once;
   * empty where the unit does not say.
   */
  default List<TensorView> within() {
    return List.of();
  }

  /**
   * Tensors that it reads for certain and as a whole, in their order: from far away they are
   * fetched before their turn comes. Others are fetched when they are read.
   */
  default List<TensorView> whole() {
    return List.of();
  }
}
