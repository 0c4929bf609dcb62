package dev.stemma.catalogue;

import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A part of a model's one pass: planned from headers, measured anywhere. */
public sealed interface FingerprintUnit extends WorkUnit {
  /** Rows of the embedding at fixed token ids. */
  record Landmarks(TensorView embedding) implements FingerprintUnit {
    @Override
    public long bytes() {
      return Anchors.COUNT * embedding.shape().columns() * Float.BYTES;
    }
  }

  /**
   * One layer of one body.
   *
   * @param embedding null where the model has none
   * @param headSize the configuration's head_dim, or 0
   * @param heads the configuration's num_attention_heads, or 0
   */
  record OfLayer(
      SortedMap<Role, TensorView> tensors,
      @Nullable TensorView embedding,
      long headSize,
      long heads)
      implements FingerprintUnit {
    /** Keeps a map of its own that can be sent. */
    public OfLayer {
      tensors = new TreeMap<>(tensors);
    }

    @Override
    public long bytes() {
      return tensors.values().stream().mapToLong(FingerprintUnit::bytesOf).sum();
    }

    @Override
    public List<TensorView> whole() {
      return List.copyOf(tensors.values());
    }
  }

  /** A tensor outside the layers, which is only hashed. */
  record Outside(String name, TensorView view) implements FingerprintUnit {
    @Override
    public long bytes() {
      return bytesOf(view);
    }

    @Override
    public List<TensorView> whole() {
      return List.of(view);
    }
  }

  private static long bytesOf(TensorView view) {
    ElementType type = view instanceof TensorView.Stored stored ? stored.type() : ElementType.F32;
    return type.bytesFor(view.shape().elements());
  }
}
