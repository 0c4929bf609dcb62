package dev.stemma.artifact;

import java.io.Serializable;

/** A tensor under the name that its file gives it. */
public record Tensor(String name, TensorView view) implements Serializable {
  /** Dimensions of its values. */
  public Shape shape() {
    return view.shape();
  }
}
