package dev.stemma;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.weights.PairPass;
import dev.stemma.analysis.weights.PairedTensors;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.engine.Engine;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.source.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two models compared tensor by tensor, as the user's pipeline does it: same role, same layer.
 *
 * @param body the component whose layers the pipeline speaks of
 * @param rows by role
 */
public record WeightComparison(Component body, SortedMap<Role, Row> rows) {
  /** Keeps the rows unmodifiable. */
  public WeightComparison {
    rows = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(rows));
  }

  /**
   * One role's tensors.
   *
   * @param tensors the whole of them
   * @param statistics null where the shapes differ or nothing was read
   * @param rows that were compared: fewer than there are only of models too large to be read whole
   */
  public record Row(PairedTensor tensors, @Nullable PairStatistics statistics, long rows) {
    /** Whether the shapes are equal. */
    public boolean comparable() {
      return tensors.a().shape().equals(tensors.b().shape());
    }

    /** Whether all was compared that can be. */
    public boolean whole() {
      return !comparable() || rows == tensors.a().shape().rows();
    }
  }

  /** Reads both models' tensors in one pass: all, or little of models too large for that. */
  public static WeightComparison of(
      Engine engine, CanonicalModel a, CanonicalModel b, Scope scope, Progress progress) {
    Pair pair = new Pair(a, b, scope);
    PairedTensors all = PairedTensors.of(pair);
    List<PairedTensor> read = PairedTensors.economical(pair).comparable();
    List<PairPass.Sums> sums =
        engine.measure(
            a.model().name() + " against " + b.model().name(),
            PairPass.plan(read),
            PairPass::measure,
            progress);
    List<PairStatistics> statistics = PairPass.join(read.size(), sums);
    Map<Role, Row> rows = new HashMap<>();
    for (int i = 0; i < statistics.size(); i++) {
      PairedTensor part = read.get(i);
      rows.put(part.role(), new Row(part, statistics.get(i), part.a().shape().rows()));
    }
    SortedMap<Role, Row> named = new TreeMap<>();
    for (PairedTensor tensor : all.comparable()) {
      Row row = rows.get(tensor.role());
      named.put(
          tensor.role(),
          new Row(tensor, row == null ? null : row.statistics(), row == null ? 0 : row.rows()));
    }
    all.mismatched().forEach(tensor -> named.put(tensor.role(), new Row(tensor, null, 0)));
    return new WeightComparison(body(a, b), named);
  }

  private static Component body(CanonicalModel a, CanonicalModel b) {
    Optional<Component> shared =
        a.components().stream()
            .filter(Component::isBody)
            .filter(component -> b.components().contains(component))
            .findFirst();
    return shared.orElse(Component.DECODER);
  }

  /** The name of a role in results: the part's, with the component before it outside the body. */
  public String key(Role role) {
    return role.component() == body || role.layer() < 0
        ? role.key()
        : role.component().key() + "." + role.key();
  }
}
