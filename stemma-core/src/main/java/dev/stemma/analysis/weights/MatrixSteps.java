package dev.stemma.analysis.weights;

import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The steps between two models matrix by matrix, for trees of many models: squared cosines multiply
 * along a path of independent steps, so that minus their logarithms are distances that add up.
 */
public record MatrixSteps(Component component, SortedMap<Link, Step> steps) {
  static final String ID = "weights.matrix-steps";
  private static final String BETWEEN = " > ";
  private static final String COSINE = "cosine.";
  private static final String GROWTH = "growth.";
  private static final String KEPT_OF_A = "kept.ab.";
  private static final String KEPT_OF_B = "kept.ba.";
  private static final String FLAT_OF_A = "flat.ab.";
  private static final String FLAT_OF_B = "flat.ba.";

  /** Keeps the steps unmodifiable. */
  public MatrixSteps {
    steps = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(steps));
  }

  /** Which matrix of A corresponds to which of B, each as layer and role. */
  public record Link(String a, String b) implements Comparable<Link> {
    static Link of(String text) {
      int at = text.indexOf(BETWEEN);
      return new Link(text.substring(0, at), text.substring(at + BETWEEN.length()));
    }

    @Override
    public int compareTo(Link other) {
      return Comparator.comparing(Link::a).thenComparing(Link::b).compare(this, other);
    }
  }

  /** The places of two matrices that correspond, as text. */
  static String link(Role a, Role b) {
    return place(a) + BETWEEN + place(b);
  }

  /** A matrix's place in its model's body: layer and role. */
  static String place(Role role) {
    return role.layer() + " " + role.key();
  }

  /**
   * One matrix.
   *
   * @param cosine between the two
   * @param growth norm of B's over that of A's
   * @param keptOfA share of A's bulk that B keeps
   * @param keptOfB share of B's bulk that A keeps
   * @param flatOfA smallest over largest band of what B keeps of A
   * @param flatOfB the same the other way round
   */
  public record Step(
      double cosine,
      double growth,
      double keptOfA,
      double keptOfB,
      double flatOfA,
      double flatOfB) {
    /** The same step seen from the other model. */
    public Step reversed() {
      return new Step(cosine, 1 / growth, keptOfB, keptOfA, flatOfB, flatOfA);
    }
  }

  static Measured of(Component component, List<WeightRetention.Change> changes) {
    Measured.Builder builder =
        Measured.of(ID, component)
            .statistic("matrices", changes.size(), null)
            .nullHypothesis("describes each matrix; decides nothing");
    for (int index = 0; index < changes.size(); index++) {
      WeightRetention.Change change = changes.get(index);
      if (change.link().isEmpty()
          || Double.isNaN(change.cosine())
          || !Double.isFinite(change.growth())) {
        continue;
      }
      String name = change.link();
      builder
          .value(COSINE + name, change.cosine())
          .value(GROWTH + name, change.growth())
          .value(KEPT_OF_A + name, RetentionEvidence.bulk(change.aInB()))
          .value(KEPT_OF_B + name, RetentionEvidence.bulk(change.bInA()))
          .value(FLAT_OF_A + name, RetentionEvidence.flat(change.aInB()))
          .value(FLAT_OF_B + name, RetentionEvidence.flat(change.bInA()));
    }
    return builder.build();
  }

  /** Reads a measurement back; empty where it is another analysis's. */
  public static Optional<MatrixSteps> of(Measured measured) {
    if (!measured.id().equals(ID)) {
      return Optional.empty();
    }
    SortedMap<Link, Step> steps = new TreeMap<>();
    measured
        .values()
        .forEach((key, cosine) -> {
          if (key.startsWith(COSINE)) {
            String name = key.substring(COSINE.length());
            steps.put(
                Link.of(name),
                new Step(
                    cosine,
                    measured.value(GROWTH + name, Double.NaN),
                    measured.value(KEPT_OF_A + name, Double.NaN),
                    measured.value(KEPT_OF_B + name, Double.NaN),
                    measured.value(FLAT_OF_A + name, Double.NaN),
                    measured.value(FLAT_OF_B + name, Double.NaN)));
          }
        });
    return Optional.of(new MatrixSteps(measured.component(), steps));
  }
}
