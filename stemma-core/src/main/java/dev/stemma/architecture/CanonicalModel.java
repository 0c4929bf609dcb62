package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A model whose tensors carry their roles: fused tensors split, transposed ones turned, so that the
 * same role in two models holds comparable numbers.
 *
 * @param family the family's id, or "unknown" when only names and shapes spoke
 * @param tensors by role, in the roles' order
 * @param unmapped tensors whose role is not known; the report lists them
 */
public record CanonicalModel(
    Model model, String family, SortedMap<Role, TensorView> tensors, List<Tensor> unmapped) {
  /** Keeps the collections unmodifiable. */
  public CanonicalModel {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    unmapped = List.copyOf(unmapped);
  }

  /** The tensor of a role. */
  public Optional<TensorView> tensor(Role role) {
    return Optional.ofNullable(tensors.get(role));
  }

  /** The layer numbers of a component that have any tensor. */
  public List<Integer> layers(Component component) {
    TreeSet<Integer> layers = new TreeSet<>();
    for (Role role : tensors.keySet()) {
      if (role.component() == component && role.layer() >= 0) {
        layers.add(role.layer());
      }
    }
    return List.copyOf(layers);
  }

  /** The tensors of one layer. */
  public SortedMap<Role, TensorView> layer(Component component, int layer) {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getKey().component() == component && entry.getKey().layer() == layer)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (left, right) -> left, TreeMap::new));
  }

  /** Components that have at least one tensor. */
  public Set<Component> components() {
    return tensors.keySet().stream()
        .map(Role::component)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
