package dev.stemma.report;

import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The family tree that a report's verdict on the trained layers amounts to, controls beside. */
final class PairTree {
  private static final double LEAST_COEFFICIENT = 0.05;

  private PairTree() {}

  /** The tree; null where no trained layers were judged, or models share a reference. */
  static @Nullable FamilyTree of(Texts texts, Report report) {
    ComponentVerdict body = body(report.verdict());
    Set<String> names = new HashSet<>();
    List<Report.Subject> all = new ArrayList<>(List.of(report.a(), report.b()));
    all.addAll(report.controls());
    if (body == null || !all.stream().allMatch(subject -> names.add(subject.reference()))) {
      return null;
    }
    List<Node> nodes = new ArrayList<>();
    String a = report.a().reference();
    String b = report.b().reference();
    switch (body.relation()) {
      case DERIVED -> {
        boolean turned = body.parent() == Parent.B;
        String parent = turned ? b : a;
        String child = turned ? a : b;
        boolean open = body.parent() == Parent.UNDETERMINED || body.parent() == null;
        nodes.add(open ? open(parent) : founder(parent));
        nodes.add(
            new Node(
                child,
                open ? null : parent,
                open ? Role.UNDETERMINED : Role.CHILD,
                parent,
                others(report, body),
                body.kinds(),
                Double.NaN));
        for (Report.Subject subject : report.candidates()) {
          if (others(report, body).contains(subject.reference())) {
            nodes.add(founder(subject.reference()));
          }
        }
      }
      case IDENTICAL -> {
        nodes.add(open(a));
        nodes.add(new Node(b, null, Role.UNDETERMINED, a, List.of(), body.kinds(), Double.NaN));
      }
      case SHARED_ANCESTOR -> {
        String latent = texts.get("tree.ancestor");
        nodes.add(new Node(latent, null, Role.LATENT, null, List.of(), List.of(), Double.NaN));
        nodes.add(new Node(a, latent, Role.CHILD, latent, List.of(), List.of(), Double.NaN));
        nodes.add(new Node(b, latent, Role.CHILD, latent, List.of(), body.kinds(), Double.NaN));
      }
      case INCONCLUSIVE, NO_EVIDENCE, NOT_COMPARABLE, AFFINITY -> {
        return null;
      }
    }
    report.controls().forEach(subject -> nodes.add(founder(subject.reference())));
    return new FamilyTree(nodes);
  }

  private static @Nullable ComponentVerdict body(@Nullable Verdict verdict) {
    return verdict == null
        ? null
        : verdict.components().stream()
            .filter(component -> component.component().isBody())
            .min((one, other) -> one.relation().compareTo(other.relation()))
            .orElse(null);
  }

  /** Either may have come first. */
  private static Node open(String model) {
    return new Node(model, null, Role.UNDETERMINED, null, List.of(), List.of(), Double.NaN);
  }

  private static Node founder(String model) {
    return new Node(model, null, Role.FOUNDER, null, List.of(), List.of(), Double.NaN);
  }

  /** Candidates that a merge's coefficients name. */
  private static List<String> others(Report report, ComponentVerdict body) {
    if (!body.kinds().contains(Kind.MERGED)
        || !(body.details().get("coefficients") instanceof Map<?, ?> coefficients)) {
      return List.of();
    }
    return report.candidates().stream()
        .filter(subject ->
            coefficients.entrySet().stream()
                .anyMatch(entry ->
                    (entry.getKey().equals(subject.name())
                            || entry.getKey().equals(subject.reference()))
                        && entry.getValue() instanceof Double value
                        && Math.abs(value) >= LEAST_COEFFICIENT))
        .map(Report.Subject::reference)
        .toList();
  }
}
