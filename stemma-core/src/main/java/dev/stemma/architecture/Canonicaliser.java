package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gives every tensor of a model its role: names by a family's templates, fused tensors split. */
final class Canonicaliser {
  private static final int MAXIMUM_EXPERTS = 100_000;

  private final Architecture architecture;
  private final SortedMap<Role, TensorView> roles = new TreeMap<>();
  private final List<Tensor> unmapped = new ArrayList<>();

  private record Found(LayerStack stack, NameMatcher.Match match) {}

  Canonicaliser(Architecture architecture) {
    this.architecture = architecture;
  }

  CanonicalModel canonicalise(Model model, String family) {
    List<String> names = model.tensors().stream().map(Tensor::name).toList();
    Map<String, Found> found = find(names);
    bind(model.tensors(), found);
    for (Tensor tensor : model.tensors()) {
      Found place = found.get(tensor.name());
      if (place == null || !place.stack().mapped() || !map(tensor, place)) {
        unmapped.add(tensor);
      }
    }
    dropTiedHead();
    return new CanonicalModel(withContradictions(model, found), family, roles, unmapped);
  }

  /**
   * Says which tensors do not have the shape that the configuration gives; tables may be padded.
   */
  private Model withContradictions(Model model, Map<String, Found> found) {
    int contradicting = 0;
    String first = "";
    for (Tensor tensor : model.tensors()) {
      Found place = found.get(tensor.name());
      if (place == null || place.match().template().component() == Component.EMBEDDING) {
        continue;
      }
      TensorTemplate template = place.match().template();
      Optional<Shape> expected = shape(template, values(place), 0);
      if (template.component() != Component.OUTPUT_HEAD
          && expected.isPresent()
          && !sameSizes(expected.get(), tensor.shape())) {
        first = contradicting++ > 0 ? first : example(tensor, expected.get());
      }
    }
    if (contradicting == 0) {
      return model;
    }
    List<String> notes = new ArrayList<>(model.notes());
    notes.add(
        contradicting
            + " tensors contradict the configuration, as "
            + first
            + "; the shapes in the file are used");
    return new Model(
        model.reference(),
        model.name(),
        model.digest(),
        model.config(),
        model.tensors(),
        model.tokenizer(),
        notes);
  }

  private static String example(Tensor tensor, Shape expected) {
    return tensor.name() + ": expected " + expected + ", found " + tensor.shape();
  }

  /** A file may keep its matrices turned, and vectors with dimensions of one. */
  private static boolean sameSizes(Shape expected, Shape found) {
    return expected.dimensions().stream()
        .filter(size -> size != 1)
        .sorted()
        .toList()
        .equals(found.dimensions().stream().filter(size -> size != 1).sorted().toList());
  }

  private Map<String, Found> find(List<String> names) {
    Map<String, Found> found = new HashMap<>();
    for (LayerStack stack : architecture.stacks()) {
      NameMatcher matcher = new NameMatcher(stack);
      String root = matcher.root(names.stream().filter(name -> !found.containsKey(name)).toList());
      for (String name : names) {
        if (found.containsKey(name)) {
          continue;
        }
        for (NameMatcher.Match match : matcher.matches(name)) {
          if (NameMatcher.standsUnder(match, root) && isLayer(stack, match.layer())) {
            found.putIfAbsent(name, new Found(stack, match));
          }
        }
      }
    }
    return found;
  }

  private boolean isLayer(LayerStack stack, int layer) {
    if (layer < 0) {
      return true;
    }
    if (layer >= LayerStack.MAXIMUM_LAYERS) {
      return false;
    }
    Values values = architecture.values(stack);
    try {
      long first = stack.firstLayer().whole(values);
      return layer >= first && layer < first + stack.layers(values);
    } catch (Expression.UnresolvedException notStated) {
      return true;
    }
  }

  /** What the configuration leaves open, the shapes show: a dimension that is just a name. */
  private void bind(List<Tensor> tensors, Map<String, Found> found) {
    for (Tensor tensor : tensors) {
      Found place = found.get(tensor.name());
      if (place == null) {
        continue;
      }
      Values values = architecture.values(place.stack());
      TensorTemplate template = place.match().template();
      if (place.stack().layers() instanceof Expression.Name layers) {
        layersAtLeast(values, layers.name(), place.match().layer() + 1L);
      }
      if (template.experts() instanceof Expression.Name experts && place.match().expert() >= 0) {
        layersAtLeast(values, experts.name(), place.match().expert() + 1L);
      }
      if (template.shape().size() != tensor.shape().rank()) {
        continue;
      }
      for (int i = 0; i < template.shape().size(); i++) {
        if (template.shape().get(i) instanceof Expression.Name name) {
          values.bind(name.name(), tensor.shape().dimension(i));
        }
      }
    }
  }

  private static void layersAtLeast(Values values, String name, long atLeast) {
    if (values.whole(name).orElse(0L) < atLeast) {
      values.rebind(name, atLeast);
    }
  }

  private boolean map(Tensor tensor, Found place) {
    TensorTemplate template = place.match().template();
    if (!template.isStacked()) {
      return mapOne(tensor.view(), place, place.match().expert(), 0);
    }
    long experts = tensor.shape().rank() < 2 ? 0 : tensor.shape().dimension(0);
    if (experts < 1 || experts > MAXIMUM_EXPERTS) {
      return false;
    }
    List<Long> rest = tensor.shape().dimensions().subList(1, tensor.shape().rank());
    boolean all = true;
    for (int expert = 0; expert < experts; expert++) {
      TensorView one =
          new TensorView.Reshaped(new TensorView.Rows(tensor.view(), expert, 1), new Shape(rest));
      all &= mapOne(one, place, expert, 1);
    }
    return all;
  }

  private boolean mapOne(TensorView stored, Found place, int expert, int skippedDimensions) {
    TensorTemplate template = place.match().template();
    Values values = values(place);
    TensorView view = stored;
    if (view.shape().rank() == 2
        && isTransposed(template, view.shape(), values, skippedDimensions)) {
      view = new TensorView.Transposed(view);
    }
    int layer = place.match().layer();
    if (template.pieces().size() == 1) {
      Part part = template.pieces().getFirst().part();
      return put(new Role(template.component(), layer, expert, part), view);
    }
    List<Map.Entry<Part, TensorView>> parts;
    try {
      parts = FusedTensor.split(template, view, values);
    } catch (Expression.UnresolvedException notKnown) {
      return false;
    }
    boolean all = !parts.isEmpty();
    for (Map.Entry<Part, TensorView> part : parts) {
      all &= put(new Role(template.component(), layer, expert, part.getKey()), part.getValue());
    }
    return all;
  }

  private Values values(Found place) {
    Values values = architecture.values(place.stack());
    int layer = place.match().layer();
    return layer < 0 ? values : values.atLayer(layer);
  }

  /** As the template says, unless the shape shows that this file turned the matrix. */
  private static boolean isTransposed(
      TensorTemplate template, Shape shape, Values values, int skippedDimensions) {
    Optional<Shape> expected = shape(template, values, skippedDimensions);
    boolean turned =
        expected.isPresent()
            && expected.get().rank() == 2
            && !expected.get().equals(shape)
            && expected.get().dimension(0) == shape.dimension(1)
            && expected.get().dimension(1) == shape.dimension(0);
    return template.transposed() != turned;
  }

  static Optional<Shape> shape(TensorTemplate template, Values values, int skippedDimensions) {
    try {
      List<Long> dimensions = new ArrayList<>();
      for (Expression dimension :
          template.shape().subList(skippedDimensions, template.shape().size())) {
        dimensions.add(dimension.whole(values));
      }
      return Optional.of(new Shape(dimensions));
    } catch (Expression.UnresolvedException | ArithmeticException notKnown) {
      return Optional.empty();
    }
  }

  private boolean put(Role role, TensorView view) {
    return roles.putIfAbsent(role, view) == null;
  }

  private void dropTiedHead() {
    TensorView embedding = roles.get(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING));
    Role head = Role.global(Component.OUTPUT_HEAD, Part.HEAD);
    if (embedding != null && embedding.equals(roles.get(head))) {
      roles.remove(head);
    }
  }
}
