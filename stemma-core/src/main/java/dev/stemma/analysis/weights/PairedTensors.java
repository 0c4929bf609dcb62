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
  private static final long LARGE_ELEMENTS = 1L << 28;

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

  /** The same; of models too large for it only the first rows of what is read. */
  public static PairedTensors economical(Pair pair) {
    PairedTensors all = of(pair);
    return new PairedTensors(
        Economy.of(pair).tensors(pair, all.comparable()),
        all.mismatched(),
        all.onlyInA(),
        all.onlyInB());
  }

  /**
   * The same of a pair whose stacks are large: only the planned layers, with the others named by
   * {@link #notTested}.
   */
  public static PairedTensors planned(Pair pair) {
    PairedTensors all = economical(pair);
    if (Economy.of(pair).sparing()
        || pair.scope().thorough()
        || !pair.scope().layers().isEmpty()
        || !all.large()) {
      return all;
    }
    java.util.Map<Component, List<Integer>> chosen = new java.util.EnumMap<>(Component.class);
    for (Component component : all.components()) {
      List<Integer> common = new ArrayList<>(pair.a().layers(component));
      common.retainAll(pair.b().layers(component));
      chosen.put(component, LayerPlan.choose(common, pair.scope(), LayerPlan.PLANNED_VALUES));
    }
    return new PairedTensors(
        all.comparable().stream()
            .filter(tensor ->
                tensor.role().layer() < 0
                    || chosen
                        .getOrDefault(tensor.role().component(), List.of())
                        .contains(tensor.role().layer()))
            .toList(),
        all.mismatched(),
        all.onlyInA(),
        all.onlyInB());
  }

  /** Rows that are read of each matrix where only the first are; else 0. */
  static int firstRows(Pair pair) {
    return Economy.of(pair).sparing() ? Economy.of(pair).rows() : 0;
  }

  private boolean large() {
    return comparable.stream()
            .filter(tensor -> tensor.role().layer() >= 0)
            .mapToLong(tensor -> tensor.a().shape().elements())
            .sum()
        > LARGE_ELEMENTS;
  }

  /** The layers of a component that {@link #planned} left out, as a caveat; empty when none. */
  String notTested(Pair pair, Component component) {
    Economy economy = Economy.of(pair);
    if (economy.sparing()) {
      long left = of(pair).count(component) - count(component);
      return "not tested: values but the first "
          + economy.rows()
          + " rows of each matrix"
          + (left == 0 ? "" : ", and any of " + left + " tensors");
    }
    List<Integer> left = unread(pair, component).stream().filter(pair.scope()::includes).toList();
    return left.isEmpty() ? "" : "not tested: values of layers " + left;
  }

  /** The layers of both models whose values are not compared, out of scope or out of the plan. */
  SortedSet<Integer> unread(Pair pair, Component component) {
    TreeSet<Integer> left = new TreeSet<>(pair.a().layers(component));
    left.retainAll(pair.b().layers(component));
    if (Economy.of(pair).sparing()) {
      return left; // of none are all values compared
    }
    comparable.stream()
        .filter(tensor -> tensor.role().component() == component)
        .forEach(tensor -> left.remove(tensor.role().layer()));
    mismatched.forEach(tensor -> left.remove(tensor.role().layer()));
    return left;
  }

  private long count(Component component) {
    return comparable.stream().filter(tensor -> tensor.role().component() == component).count();
  }

  /** How many tensors of a component cannot be compared value by value. */
  long unpaired(Component component) {
    return mismatched.stream().filter(tensor -> tensor.role().component() == component).count()
        + onlyInA.stream().filter(role -> role.component() == component).count()
        + onlyInB.stream().filter(role -> role.component() == component).count();
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
