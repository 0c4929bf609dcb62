package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Sha256;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.TensorReader;
import dev.stemma.source.Progress;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Digests of tensors' values. Hashed row-major with rows as output units, whatever the file's
 * layout, so that the same weights exported twice have the same digest.
 */
public final class TensorDigests {
  private static final int CHUNK_ELEMENTS = 1 << 18;
  private static final int CHUNK_BYTES = 1 << 20;

  private TensorDigests() {}

  /** One tensor's digest. */
  public record TensorDigest(String name, ElementType type, Shape shape, String sha256) {}

  /** The type in which values are hashed. */
  public enum As {
    BF16,
    F16,
    F32,
    NATIVE
  }

  /** Digests of all tensors, in the model's order; tensors are hashed by several threads. */
  public static List<TensorDigest> of(
      CanonicalModel model, As as, TensorReader reader, Progress progress) {
    Set<TensorView> turned = new HashSet<>();
    for (TensorView view : model.tensors().values()) {
      if (view instanceof TensorView.Transposed transposed) {
        turned.add(transposed.of());
      }
    }
    List<Tensor> tensors = model.model().tensors();
    long elements = tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    TensorDigest[] digests = new TensorDigest[tensors.size()];
    try (Progress.Step step = progress.begin("hashing tensors", elements, Progress.Unit.ITEMS)) {
      IntStream.range(0, tensors.size())
          .parallel()
          .forEach(i -> {
            Tensor tensor = tensors.get(i);
            TensorView view =
                turned.contains(tensor.view())
                    ? new TensorView.Transposed(tensor.view())
                    : tensor.view();
            digests[i] = digest(tensor.name(), view, as, reader);
            step.advance(tensor.shape().elements());
          });
    }
    return new ArrayList<>(List.of(digests));
  }

  /** The digest of one tensor's values, rows as output units. */
  public static String of(TensorView view, As as, TensorReader reader) {
    return digest("", view, as, reader).sha256();
  }

  private static TensorDigest digest(String name, TensorView view, As as, TensorReader reader) {
    MessageDigest sha256 = Sha256.start();
    if (as == As.NATIVE && view instanceof TensorView.Stored stored) {
      MemorySegment bytes = reader.stored(stored);
      for (long from = 0; from < bytes.byteSize(); from += CHUNK_BYTES) {
        sha256.update(
            bytes.asSlice(from, Math.min(CHUNK_BYTES, bytes.byteSize() - from)).asByteBuffer());
      }
      return new TensorDigest(name, stored.type(), stored.shape(), Sha256.hex(sha256));
    }
    ElementType type =
        switch (as) {
          case BF16 -> ElementType.BF16;
          case F16 -> ElementType.F16;
          case F32 -> ElementType.F32;
          case NATIVE -> nativeType(view);
        };
    long elements = view.shape().elements();
    float[] values = new float[(int) Math.min(CHUNK_ELEMENTS, Math.max(1, elements))];
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.bytesFor(values.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long first = 0; first < elements; first += values.length) {
      int count = (int) Math.min(values.length, elements - first);
      reader.read(view, first, count, values, 0);
      bytes.clear();
      SafetensorsWriter.encode(type, values, count, bytes);
      sha256.update(bytes.flip());
    }
    return new TensorDigest(name, type, view.shape(), Sha256.hex(sha256));
  }

  private static ElementType nativeType(TensorView view) {
    return view instanceof TensorView.Transposed transposed
            && transposed.of() instanceof TensorView.Stored stored
            && switch (stored.type()) {
              case F64, F32, F16, BF16 -> true;
              default -> false;
            }
        ? stored.type()
        : ElementType.F32;
  }
}
