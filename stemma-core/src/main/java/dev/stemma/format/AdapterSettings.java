package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What {@code adapter_config.json} says of how an adapter changes its base. For one thread. */
final class AdapterSettings {
  /** What changes more than a matrix by a product, or changes the base when it is loaded. */
  private static final List<String> OTHER_THAN_PRODUCTS =
      List.of(
          "use_dora",
          "use_qalora",
          "use_bdlora",
          "kasa_config",
          "arrow_config",
          "monteclora_config",
          "layer_replication",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens");

  private static final Pattern STARTS_THAT_CHANGE_THE_BASE =
      Pattern.compile("(?i)(?:pissa|olora|corda|loftq|lora_ga).*");
  private static final int MAXIMUM_EXPRESSION_CHARACTERS = 1000;
  private static final long MAXIMUM_STEPS = 50_000_000;

  private final Model adapter;
  private final JsonNode config;
  private final Map<String, @Nullable Pattern> patterns = new HashMap<>();
  private long steps;

  /**
   * Checks that the adapter is one of low-rank products on the base as it is.
   *
   * @throws ArtifactException if not: merged, it would come out wrong
   */
  AdapterSettings(Model adapter) {
    this.adapter = adapter;
    this.config = config(adapter);
    String type = config.path("peft_type").asString("LORA");
    if (!type.equals("LORA")) {
      throw bad("peft_type", "LORA", type);
    }
    for (String key : OTHER_THAN_PRODUCTS) {
      JsonNode value = config.path(key);
      boolean off =
          value.isMissingNode()
              || value.isNull()
              || (value.isBoolean() && !value.asBoolean())
              || (value.isContainer() && value.isEmpty());
      if (!off) {
        throw bad(key, "nothing: only products added to matrices are merged", value.toString());
      }
    }
    String start = config.path("init_lora_weights").asString("");
    if (STARTS_THAT_CHANGE_THE_BASE.matcher(start).matches()) {
      throw bad("init_lora_weights", "a start that leaves the base as it is", start);
    }
  }

  static JsonNode config(Model adapter) {
    return adapter.config().<JsonNode>map(c -> c.json()).orElseGet(MissingNode::getInstance);
  }

  /** Whether the matrices are stored as [inputs, outputs]. */
  boolean inputsFirst() {
    return config.path("fan_in_fan_out").asBoolean(false);
  }

  /** alpha / r, or alpha / sqrt(r) where the adapter was trained so. */
  double scale(String module, long storedRank) {
    double rank = number("rank_pattern", "r", module, (double) storedRank);
    if (storedRank < 1 || rank != storedRank) {
      throw bad("r", "the rank of the stored factors, at least 1: " + storedRank, rank + "");
    }
    double alpha = number("alpha_pattern", "lora_alpha", module, rank);
    double scale = alpha / (config.path("use_rslora").asBoolean(false) ? Math.sqrt(rank) : rank);
    if (!Float.isFinite((float) scale)) {
      throw bad("lora_alpha", "a scale that a float holds", alpha + "");
    }
    return scale;
  }

  /** The first of a table's expressions that a module's name ends with, else the one of all. */
  private double number(String table, String all, String module, double otherwise) {
    for (Map.Entry<String, JsonNode> entry : config.path(table).properties()) {
      if (matches(table, entry.getKey(), module)) {
        return number(table + "." + entry.getKey(), entry.getValue());
      }
    }
    JsonNode common = config.path(all);
    return common.isMissingNode() || common.isNull() ? otherwise : number(all, common);
  }

  private double number(String key, JsonNode value) {
    if (!value.isNumber()) {
      throw bad(key, "a number", value.toString());
    }
    return value.asDouble();
  }

  private boolean matches(String table, String expression, String module) {
    if (module.equals(expression) || module.endsWith("." + expression)) {
      return true;
    }
    Pattern pattern =
        patterns.computeIfAbsent(expression, text -> compiled(table, text).orElse(null));
    if (pattern == null) {
      return false;
    }
    try {
      return pattern.matcher(new Counted(module)).lookingAt();
    } catch (EndlessExpression | StackOverflowError e) {
      throw bad(table, "an expression that ends within " + MAXIMUM_STEPS + " steps", expression);
    }
  }

  /** Most keys are plain names, which have been compared already. */
  private Optional<Pattern> compiled(String table, String expression) {
    if (expression.matches("[A-Za-z0-9_]*")) {
      return Optional.empty();
    }
    if (expression.length() > MAXIMUM_EXPRESSION_CHARACTERS) {
      throw bad(
          table,
          "an expression of at most " + MAXIMUM_EXPRESSION_CHARACTERS + " characters",
          expression.length() + "");
    }
    try {
      return Optional.of(Pattern.compile("(?:.*\\.)?(?:" + expression + ")$"));
    } catch (PatternSyntaxException e) {
      throw bad(table, "a regular expression", expression);
    }
  }

  private ArtifactException bad(String key, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        adapter.reference() + "/adapter_config.json",
        key,
        expected,
        found,
        "Get the adapter again, or merge it with the tool that made it and give the result.");
  }

  /** Thrown by {@link Counted}. */
  private static final class EndlessExpression extends RuntimeException {
    private static final long serialVersionUID = 1;

    EndlessExpression() {
      super("too many steps", null, false, false);
    }
  }

  /** A text that counts how often an expression looks at it: hostile ones look without end. */
  private final class Counted implements CharSequence {
    private final String text;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (steps++ > MAXIMUM_STEPS) {
        throw new EndlessExpression();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
