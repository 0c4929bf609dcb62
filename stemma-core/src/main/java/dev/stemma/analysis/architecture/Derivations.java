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
      long vocabulary) {
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
          size(architecture, "vocab_size"));
    }

    private static long size(Architecture architecture, String key) {
      return Optional.ofNullable(Specification.key(key).of(architecture))
          .filter(Long.class::isInstance)
          .map(Long.class::cast)
          .orElse(0L);
    }

    boolean hasSameAttention(Sizes other) {
      return heads == other.heads
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
      return hidden <= other.hidden
          && heads <= other.heads
          && keyValueHeads <= other.keyValueHeads
          && intermediate <= other.intermediate;
    }
  }

  /** Between two models. */
  public Derivations(Inspection a, Inspection b) {
    this.nameA = a.name();
    this.nameB = b.name();
    this.a = Sizes.of(a.architecture());
    this.b = Sizes.of(b.architecture());
  }

  /** The allowed derivations, one sentence each. */
  public List<String> allowed() {
    List<String> out = new ArrayList<>();
    boolean isSameBody = a.hasSameWidth(b) && a.hasSameMlp(b);
    if (isSameBody && a.layers() == b.layers()) {
      out.add(
          "All body shapes are equal: fine-tuning, continued training, merging and quantisation are"
              + " possible in either direction.");
    }
    if (isSameBody && a.layers() != b.layers()) {
      depth(out);
    }
    upcycling(out);
    width(out);
    if (a.vocabulary() != b.vocabulary() && a.hidden() == b.hidden()) {
      out.add(
          "Vocabulary change: "
              + a.vocabulary()
              + " against "
              + b.vocabulary()
              + " rows; extension or replacement is possible beside the above.");
    }
    if (out.isEmpty()) {
      out.add(
          "No known derivation keeps these shapes apart in one step (hidden size, heads or MLP"
              + " differ in both directions): pieces may still be shared, and distillation leaves"
              + " no trace in shapes.");
    }
    return out;
  }

  private void depth(List<String> out) {
    boolean isFirstShallow = a.layers() < b.layers();
    String shallow = isFirstShallow ? nameA : nameB;
    String deep = isFirstShallow ? nameB : nameA;
    long fewer = Math.min(a.layers(), b.layers());
    long more = Math.max(a.layers(), b.layers());
    out.add(
        "Depth pruning of " + deep + " (" + more + " layers) to " + shallow + " (" + fewer + ").");
    if (more <= 2 * fewer) {
      long first = (more + 1) / 2;
      long second = more - first;
      out.add(
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
              + ".");
    }
  }

  private void upcycling(List<String> out) {
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
        "Upcycling of "
            + (isFirstDense ? nameA : nameB)
            + " (dense) to "
            + (isFirstDense ? nameB : nameA)
            + " ("
            + mixture.experts()
            + " experts): "
            + how
            + ".");
  }

  private void width(List<String> out) {
    if (a.hasSameWidth(b) && a.hasSameMlp(b)) {
      return;
    }
    boolean isSameKind = (a.experts() == 0) == (b.experts() == 0);
    if (isSameKind && a.isNoWiderThan(b) && a.layers() <= b.layers()) {
      out.add("Width pruning of " + nameB + " to " + nameA + " (with layers left out if fewer).");
    } else if (isSameKind && b.isNoWiderThan(a) && b.layers() <= a.layers()) {
      out.add("Width pruning of " + nameA + " to " + nameB + " (with layers left out if fewer).");
    }
  }
}
