package dev.stemma.architecture;

import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint against its configuration: what is missing, what is there besides, what has another
 * shape. Roles are compared, so that fused and split layouts are the same.
 *
 * @param missing roles that the configuration has and the checkpoint has not
 * @param extra tensors that the configuration does not have
 * @param otherShape tensors of another shape than the configuration's
 */
public record CheckpointCheck(List<String> missing, List<String> extra, List<String> otherShape) {
  private static final int MAXIMUM_ROLES = 2_000_000;

  /** Keeps the lists unmodifiable. */
  public CheckpointCheck {
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
    otherShape = List.copyOf(otherShape);
  }

  /** All differences as sentences. */
  public List<String> differences() {
    List<String> all = new ArrayList<>();
    missing.forEach(name -> all.add("missing: " + name));
    extra.forEach(name -> all.add("extra: " + name));
    otherShape.forEach(name -> all.add("other shape: " + name));
    return all;
  }

  /** Checks. */
  public static CheckpointCheck of(CanonicalModel model, Architecture architecture) {
    SortedMap<Role, Shape> expected = expected(architecture);
    List<String> missing = new ArrayList<>();
    List<String> otherShape = new ArrayList<>();
    List<String> extra = new ArrayList<>();
    for (Map.Entry<Role, Shape> entry : expected.entrySet()) {
      TensorView found = model.tensors().get(entry.getKey());
      if (found == null) {
        missing.add(place(entry.getKey()) + " " + entry.getValue());
      } else if (!found.shape().equals(entry.getValue())) {
        otherShape.add(
            place(entry.getKey())
                + ": the configuration says "
                + entry.getValue()
                + ", the checkpoint has "
                + found.shape());
      }
    }
    for (Role role : model.tensors().keySet()) {
      if (!expected.containsKey(role)) {
        extra.add(place(role));
      }
    }
    for (Tensor tensor : model.unmapped()) {
      extra.add(tensor.name() + " " + tensor.shape());
    }
    return new CheckpointCheck(missing, extra, otherShape);
  }

  private static String place(Role role) {
    return role.component().key()
        + (role.layer() < 0 ? "" : " layer " + role.layer())
        + " "
        + role.key();
  }

  private static SortedMap<Role, Shape> expected(Architecture architecture) {
    SortedMap<Role, Shape> expected = new TreeMap<>();
    for (LayerStack stack : architecture.stacks()) {
      if (!stack.mapped()) {
        continue;
      }
      Values values = architecture.values(stack);
      stack.rooted().forEach(template -> add(expected, template, -1, values));
      stack.outside().forEach(template -> add(expected, template, -1, values));
      long first = stack.firstLayer().whole(values);
      for (int i = 0; i < stack.layers(values); i++) {
        Values ofLayer = values.atLayer(first + i);
        int layer = Math.toIntExact(first + i);
        stack.inLayer().forEach(template -> add(expected, template, layer, ofLayer));
      }
    }
    return expected;
  }

  private static void add(
      SortedMap<Role, Shape> expected, TensorTemplate template, int layer, Values values) {
    if (template.alternative() || !template.applies(values)) {
      return;
    }
    List<Long> stored = new ArrayList<>();
    template.shape().forEach(dimension -> stored.add(dimension.whole(values)));
    if (template.isStacked()) {
      stored.removeFirst();
    }
    List<Long> turned = template.transposed() ? stored.reversed() : stored;
    long experts = template.experts() == null ? 1 : template.experts().whole(values);
    if (expected.size() + experts > MAXIMUM_ROLES) {
      throw new Expression.UnresolvedException(
          "the configuration's tensors", "at most " + MAXIMUM_ROLES, "more");
    }
    for (int expert = 0; expert < experts; expert++) {
      for (TensorTemplate.Piece piece : template.pieces()) {
        List<Long> dimensions = new ArrayList<>(turned);
        if (piece.rows() != null) {
          dimensions.set(
              0, Math.multiplyExact(piece.rows().whole(values), template.groups().whole(values)));
        }
        expected.put(
            new Role(
                template.component(),
                layer,
                template.experts() == null ? -1 : expert,
                piece.part()),
            new Shape(dimensions));
      }
    }
  }
}
