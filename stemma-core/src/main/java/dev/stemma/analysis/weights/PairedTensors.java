package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which tensors of two models play the same role: by canonical role, never by raw name.
 *
 * @param comparable equal shapes
 * @param mismatched same role, unequal shapes
 * @param onlyInA roles that b lacks
 * @param onlyInB roles that a lacks
 */
public record PairedTensors(
    List<PairedTensor> comparable,
    List<PairedTensor> mismatched,
    List<Role> onlyInA,
    List<Role> onlyInB) {
  /** Keeps the lists unmodifiable. */
  public PairedTensors {
    comparable = List.copyOf(comparable);
    mismatched = List.copyOf(mismatched);
    onlyInA = List.copyOf(onlyInA);
    onlyInB = List.copyOf(onlyInB);
  }

  /** Two tensors with the same role. */
  public record PairedTensor(Role role, TensorView a, TensorView b) implements Serializable {}

  /** Pairs the tensors in the order of their roles; layers outside the scope are left out. */
  public static PairedTensors of(Pair pair) {
    List<PairedTensor> comparable = new ArrayList<>();
    List<PairedTensor> mismatched = new ArrayList<>();
    List<Role> onlyInA = new ArrayList<>();
    List<Role> onlyInB = new ArrayList<>();
    SortedSet<Role> roles = new TreeSet<>(pair.a().tensors().keySet());
    roles.addAll(pair.b().tensors().keySet());
    for (Role role : roles) {
      if (role.layer() >= 0 && !pair.scope().includes(role.layer())) {
        continue;
      }
      TensorView a = pair.a().tensors().get(role);
      TensorView b = pair.b().tensors().get(role);
      if (b == null) {
        onlyInA.add(role);
      } else if (a == null) {
        onlyInB.add(role);
      } else if (a.shape().equals(b.shape())) {
        comparable.add(new PairedTensor(role, a, b));
      } else {
        mismatched.add(new PairedTensor(role, a, b));
      }
    }
    return new PairedTensors(comparable, mismatched, onlyInA, onlyInB);
  }

  /** All components that either model has tensors of, within the scope. */
  public SortedSet<Component> components() {
    SortedSet<Component> components = new TreeSet<>();
    comparable.forEach(tensor -> components.add(tensor.role().component()));
    mismatched.forEach(tensor -> components.add(tensor.role().component()));
    onlyInA.forEach(role -> components.add(role.component()));
    onlyInB.forEach(role -> components.add(role.component()));
    return components;
  }

  /** Why a component cannot be compared number by number. */
  String whyNothing(Component component) {
    List<PairedTensor> unequal =
        mismatched.stream().filter(tensor -> tensor.role().component() == component).toList();
    if (!unequal.isEmpty()) {
      PairedTensor first = unequal.getFirst();
      return "no tensors of equal shape: "
          + unequal.size()
          + " differ, as "
          + first.role().key()
          + " "
          + first.a().shape()
          + " against "
          + first.b().shape();
    }
    boolean inA = onlyInA.stream().anyMatch(role -> role.component() == component);
    boolean inB = onlyInB.stream().anyMatch(role -> role.component() == component);
    return inA && inB
        ? "no tensor has the same role in both models"
        : "only " + (inA ? "a" : "b") + " has this component";
  }
}
