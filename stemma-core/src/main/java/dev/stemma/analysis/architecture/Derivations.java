package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which derivations the shapes of two models allow. A shape that allows one proves nothing; one
 * that forbids it only says that further surgery would have been needed.
 */
public final class Derivations {
  private final String nameA;
  private final String nameB;
  private final Sizes a;
  private final Sizes b;

  private record Sizes(
      long hidden,
      long layers,
      long heads,
      long keyValueHeads,
      long headDimension,
      long intermediate,
      long experts,
      long expertWidth,
      long vocabulary,
      boolean isLatent) {
    static Sizes of(Architecture architecture) {
      return new Sizes(
          size(architecture, "hidden_size"),
          size(architecture, "num_hidden_layers"),
          size(architecture, "num_attention_heads"),
          size(architecture, "num_key_value_heads"),
          size(architecture, "head_dim"),
          size(architecture, "intermediate_size"),
          size(architecture, "n_routed_experts"),
          size(architecture, "moe_intermediate_size"),
          size(architecture, "vocab_size"),
          architecture.values().truth("mla"));
    }

    private static long size(Architecture architecture, String key) {
      return Optional.ofNullable(Specification.key(key).of(architecture))
          .filter(Long.class::isInstance)
          .map(Long.class::cast)
          .orElse(0L);
    }

    boolean hasSameAttention(Sizes other) {
      return isLatent == other.isLatent
          && heads == other.heads
          && keyValueHeads == other.keyValueHeads
          && headDimension == other.headDimension;
    }

    boolean hasSameWidth(Sizes other) {
      return hidden == other.hidden && hasSameAttention(other);
    }

    boolean hasSameMlp(Sizes other) {
      return experts == other.experts
          && (experts == 0 ? intermediate == other.intermediate : expertWidth == other.expertWidth);
    }

    boolean isNoWiderThan(Sizes other) {
      return isLatent == other.isLatent
          && hidden <= other.hidden
          && heads <= other.heads
          && keyValueHeads <= other.keyValueHeads
          && headDimension <= other.headDimension
          && experts <= other.experts
          && (experts == 0 ? intermediate <= other.intermediate : expertWidth <= other.expertWidth);
    }
  }

  /**
   * A derivation that shapes allow.
   *
   * @param kind as in {@code depth pruning}
   * @param sentence which model would come from which, and how
   */
  public record Derivation(String kind, String sentence) {}

  /** Between two models. */
  public Derivations(Inspection a, Inspection b) {
    this(a.name(), a.architecture(), b.name(), b.architecture());
  }

  Derivations(String nameA, Architecture a, String nameB, Architecture b) {
    this.nameA = nameA;
    this.nameB = nameB;
    this.a = Sizes.of(a);
    this.b = Sizes.of(b);
  }

  /** What could have been done to the layers, in one step. */
  public List<Derivation> ofBody() {
    List<Derivation> out = new ArrayList<>();
    boolean isSameBody = a.hasSameWidth(b) && a.hasSameMlp(b);
    if (isSameBody && a.layers() == b.layers()) {
      out.add(
          new Derivation(
              "same shapes",
              "All body shapes are equal: fine-tuning, continued training, merging and"
                  + " quantisation are possible in either direction."));
    }
    if (isSameBody && a.layers() != b.layers()) {
      depth(out);
    }
    upcycling(out);
    width(out);
    return out;
  }

  /** The allowed derivations, one sentence each. */
  public List<String> allowed() {
    List<String> out = new ArrayList<>(ofBody().stream().map(Derivation::sentence).toList());
    if (out.isEmpty()) {
      out.add(
          "No known derivation of the layers leads from one to the other in one step"
              + reasons()
              + ": pieces may still be shared, several steps are possible, and distillation leaves"
              + " no trace in shapes.");
    }
    if (a.vocabulary() != b.vocabulary() && a.hidden() == b.hidden()) {
      out.add(
          "Vocabulary change: "
              + a.vocabulary()
              + " against "
              + b.vocabulary()
              + " rows of the same width; extension, reduction or replacement is possible"
              + " besides.");
    }
    return out;
  }

  private String reasons() {
    List<String> reasons = new ArrayList<>();
    if (a.isLatent() != b.isLatent()) {
      reasons.add("latent attention in one only");
    }
    reason(reasons, "hidden size", a.hidden(), b.hidden());
    reason(reasons, "layers", a.layers(), b.layers());
    reason(reasons, "heads", a.heads(), b.heads());
    reason(reasons, "key-value heads", a.keyValueHeads(), b.keyValueHeads());
    reason(reasons, "head dimension", a.headDimension(), b.headDimension());
    reason(reasons, "experts", a.experts(), b.experts());
    if (a.experts() > 0 && b.experts() > 0) {
      reason(reasons, "expert width", a.expertWidth(), b.expertWidth());
    } else {
      reason(reasons, "intermediate size", a.intermediate(), b.intermediate());
    }
    return reasons.isEmpty() ? "" : " (" + String.join(", ", reasons) + ")";
  }

  private static void reason(List<String> reasons, String name, long a, long b) {
    if (a != b) {
      reasons.add(name + " " + a + " against " + b);
    }
  }

  private void depth(List<Derivation> out) {
    boolean isFirstShallow = a.layers() < b.layers();
    String shallow = isFirstShallow ? nameA : nameB;
    String deep = isFirstShallow ? nameB : nameA;
    long fewer = Math.min(a.layers(), b.layers());
    long more = Math.max(a.layers(), b.layers());
    out.add(
        new Derivation(
            "depth pruning",
            "Depth pruning of "
                + deep
                + " ("
                + more
                + " layers) to "
                + shallow
                + " ("
                + fewer
                + ")."));
    if (more <= 2 * fewer) {
      long first = (more + 1) / 2;
      long second = more - first;
      out.add(
          new Derivation(
              "depth up-scaling",
              "Depth up-scaling of "
                  + shallow
                  + " to "
                  + deep
                  + ": "
                  + fewer
                  + " -> "
                  + more
                  + ", for instance layers 1-"
                  + first
                  + " followed by "
                  + (fewer - second + 1)
                  + "-"
                  + fewer
                  + "."));
    }
  }

  private void upcycling(List<Derivation> out) {
    boolean isOneDense = (a.experts() == 0) != (b.experts() == 0);
    if (!isOneDense || !a.hasSameWidth(b)) {
      return;
    }
    boolean isFirstDense = a.experts() == 0;
    Sizes dense = isFirstDense ? a : b;
    Sizes mixture = isFirstDense ? b : a;
    String how =
        mixture.expertWidth() == dense.intermediate()
            ? "experts as wide as the dense MLP, so copies of it"
            : mixture.expertWidth() > 0 && dense.intermediate() % mixture.expertWidth() == 0
                ? "experts are slices of the dense MLP"
                : "the experts' width fits neither copies nor slices of the dense MLP, so with new"
                    + " or cut experts";
    out.add(
        new Derivation(
            "upcycling",
            "Upcycling of "
                + (isFirstDense ? nameA : nameB)
                + " (dense) to "
                + (isFirstDense ? nameB : nameA)
                + " ("
                + mixture.experts()
                + " experts): "
                + how
                + "."));
  }

  private void width(List<Derivation> out) {
    if (a.hasSameWidth(b) && a.hasSameMlp(b)) {
      return;
    }
    boolean isSameKind = (a.experts() == 0) == (b.experts() == 0);
    if (isSameKind && a.isNoWiderThan(b) && a.layers() <= b.layers()) {
      out.add(narrowing(nameB, nameA));
    } else if (isSameKind && b.isNoWiderThan(a) && b.layers() <= a.layers()) {
      out.add(narrowing(nameA, nameB));
    }
  }

  private static Derivation narrowing(String wide, String narrow) {
    return new Derivation(
        "width pruning",
        "Width pruning of " + wide + " to " + narrow + " (with layers left out if fewer).");
  }
}
