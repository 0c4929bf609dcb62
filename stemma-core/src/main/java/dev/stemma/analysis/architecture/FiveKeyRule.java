package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document's rule: five keys are compared and the number of equal ones is read as a sentence.
 * It is shown because the user asked for it; it decides nothing.
 */
public final class FiveKeyRule {
  private static final List<String> KEYS =
      List.of(
          "hidden_size",
          "num_hidden_layers",
          "num_attention_heads",
          "intermediate_size",
          "hidden_act");

  private final Architecture a;
  private final Architecture b;

  /** On two configurations. */
  public FiveKeyRule(Architecture a, Architecture b) {
    this.a = a;
    this.b = b;
  }

  /** How many of the five are equal (an absent key equals nothing). */
  public int matches() {
    int matches = 0;
    for (String key : KEYS) {
      Object left = value(key, a);
      matches += left != null && Specification.same(left, value(key, b)) ? 1 : 0;
    }
    return matches;
  }

  private static @Nullable Object value(String key, Architecture of) {
    return Specification.key(key).of(of);
  }

  /** How the document reads the number. */
  public String reading() {
    return switch (matches()) {
      case 5 -> "same architecture, fine-tuning suspected";
      case 3, 4 -> "similar, may have been a reference";
      case 1, 2 -> "probably independent design";
      default -> "entirely different";
    };
  }

  /** The rule with its reading and what is wrong with it. */
  public String sentence() {
    return "The document's five-key rule: "
        + matches()
        + " of 5, read there as \""
        + reading()
        + "\". Equal sizes are common between unrelated models, and pruned, up-scaled or extended"
        + " derivatives differ: only weights decide.";
  }

  /** The five keys. */
  public Figure.Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (String key : KEYS) {
      Specification.Key of = Specification.key(key);
      Object left = of.of(a);
      rows.add(
          List.of(
              key,
              of.textOf(a),
              of.textOf(b),
              left != null && Specification.same(left, of.of(b)) ? "same" : "differs"));
    }
    return new Figure.Table(
        "The document's five-key rule: " + matches() + " of 5, \"" + reading() + "\"",
        List.of("key", "a", "b", "match"),
        rows);
  }
}
