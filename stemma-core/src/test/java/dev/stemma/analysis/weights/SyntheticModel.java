package dev.stemma.analysis.weights;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.source.ByteSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Small random models in memory, bfloat16, with norms around one as trained models have them. */
final class SyntheticModel {
  static final int HIDDEN = 96;
  static final int NEURONS = 160;
  static final int LAYERS = 4;
  private static final Map<URI, MemorySegment> BYTES = new ConcurrentHashMap<>();

  private SyntheticModel() {}

  /** Reads the models made here. */
  static TensorReader reader() {
    return new TensorReader(
        new ByteSource() {
          @Override
          public MemorySegment read(ByteRange range) {
            MemorySegment all = BYTES.get(range.file());
            if (all == null) {
              throw new IllegalStateException("no such file " + range.file());
            }
            return all.asSlice(range.offsetBytes(), range.lengthBytes()).asReadOnly();
          }

          @Override
          public void close() {}
        });
  }

  /** A model from a seed. */
  static Map<Role, float[]> random(long seed) {
    Random random = new Random(seed);
    Map<Role, float[]> tensors = new TreeMap<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (Part part : List.of(Part.QUERY, Part.OUTPUT)) {
        put(tensors, layer, part, HIDDEN * HIDDEN, random, 0);
      }
      for (Part part : List.of(Part.GATE, Part.UP, Part.DOWN)) {
        put(tensors, layer, part, NEURONS * HIDDEN, random, 0);
      }
      for (Part part : List.of(Part.ATTENTION_NORM, Part.MLP_NORM)) {
        put(tensors, layer, part, HIDDEN, random, 1);
      }
    }
    return tensors;
  }

  private static void put(
      Map<Role, float[]> tensors, int layer, Part part, int size, Random random, float mean) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = mean + (mean == 0 ? 0.02f : 0.1f) * (float) random.nextGaussian();
    }
    tensors.put(Role.inLayer(Component.DECODER, layer, part), values);
  }

  /** The same with noise relative to each value. */
  static Map<Role, float[]> drifted(Map<Role, float[]> parent, double drift, long seed) {
    Random random = new Random(seed);
    Map<Role, float[]> child = new TreeMap<>();
    parent.forEach((role, values) -> {
      float[] changed = values.clone();
      for (int i = 0; i < changed.length; i++) {
        changed[i] *= (float) (1 + drift * random.nextGaussian());
      }
      child.put(role, changed);
    });
    return child;
  }

  /** Stores a model. */
  static CanonicalModel model(String name, Map<Role, float[]> tensors, ElementType type) {
    TreeMap<Role, TensorView> views = new TreeMap<>();
    tensors.forEach((role, values) -> views.put(role, view(name, role, values, type)));
    return new CanonicalModel(
        new Model(
            name, name, Digest.of(""), Optional.empty(), List.of(), Optional.empty(), List.of()),
        "test",
        views,
        List.of());
  }

  private static TensorView view(String name, Role role, float[] values, ElementType type) {
    byte[] bytes = new byte[(int) type.bytesFor(values.length)];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      if (type == ElementType.BF16) {
        segment.set(
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN),
            i * 2L,
            (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16));
      } else {
        segment.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN), i * 4L, bits);
      }
    }
    URI file = URI.create("memory:/" + name + "/" + role.key() + "/" + role.layer() + "/" + type);
    BYTES.put(file, segment);
    return new TensorView.Stored(
        new ByteRange(file, 0, bytes.length), type, shape(role.part(), values.length));
  }

  private static Shape shape(Part part, int size) {
    if (part.kind() == Part.Kind.NORM) {
      return Shape.of(size);
    }
    return part == Part.GATE || part == Part.UP
        ? Shape.of(size / HIDDEN, HIDDEN)
        : Shape.of(HIDDEN, size / HIDDEN);
  }
}
