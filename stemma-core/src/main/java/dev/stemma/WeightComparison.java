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
import java.util.List;
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
   * @param statistics null where the shapes differ
   */
  public record Row(PairedTensor tensors, @Nullable PairStatistics statistics) {}

  /** Reads both models' tensors in one pass. */
  public static WeightComparison of(
      Engine engine, CanonicalModel a, CanonicalModel b, Scope scope, Progress progress) {
    PairedTensors tensors = PairedTensors.of(new Pair(a, b, scope));
    List<PairPass.Sums> sums =
        engine.measure(
            a.model().name() + " against " + b.model().name(),
            PairPass.plan(tensors.comparable()),
            PairPass::measure,
            progress);
    List<PairStatistics> statistics = PairPass.join(tensors.comparable().size(), sums);
    SortedMap<Role, Row> rows = new TreeMap<>();
    for (int i = 0; i < statistics.size(); i++) {
      PairedTensor tensor = tensors.comparable().get(i);
      rows.put(tensor.role(), new Row(tensor, statistics.get(i)));
    }
    tensors.mismatched().forEach(tensor -> rows.put(tensor.role(), new Row(tensor, null)));
    return new WeightComparison(body(a, b), rows);
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
