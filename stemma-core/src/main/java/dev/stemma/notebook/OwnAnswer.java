package dev.stemma.notebook;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.KeyValueCache;
import dev.stemma.architecture.KnownModel;
import dev.stemma.architecture.KnownModels;
import dev.stemma.architecture.ParameterCount;
import dev.stemma.report.ToolVersion;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Answers a question from the tool's own data and the reports in a folder: which analysis, which
 * figures, from where. Where neither says anything, there is no answer.
 */
public final class OwnAnswer {
  private static final int MOST_MODELS = 4;
  private static final int MOST_REPORTS = 3;
  private static final int MOST_ROWS = 12;
  private static final int SHORTEST_NAME = 4;

  private final String question;
  private final Words words;
  private final Optional<Topic> topic;
  private final List<String> blocks = new ArrayList<>();
  private final Set<String> sources = new LinkedHashSet<>();

  private OwnAnswer(String question) {
    this.question = question;
    this.words = Words.ofText(question);
    this.topic = QuestionRules.standard().topic(question);
  }

  /** An answer in Markdown, and what it rests on. */
  public record Found(String markdown, List<String> sources) {}

  /** The answer from what is in this folder, if anything here answers it. */
  public static Optional<Found> of(String question, Path folder) {
    OwnAnswer answer = new OwnAnswer(question);
    Set<String> analyses = new LinkedHashSet<>();
    Set<String> commands = new LinkedHashSet<>();
    for (Knowledge.Item item : Knowledge.about(question)) {
      answer.blocks.add(item.text(answer.words));
      analyses.addAll(item.analyses());
      commands.addAll(item.commands());
      item.sources()
          .forEach(source -> answer.sources.add("stemma " + ToolVersion.VERSION + ", " + source));
    }
    answer.knownModels();
    answer.reports(FolderReports.in(folder).all());
    if (answer.blocks.isEmpty()) {
      return Optional.empty();
    }
    answer.list("answer.analyses", analyses.stream().map(answer::analysis).toList());
    answer.list("answer.commands", commands.stream().map(command -> "`" + command + "`").toList());
    answer.list("answer.sources", List.copyOf(answer.sources));
    return Optional.of(new Found(String.join("\n\n", answer.blocks), List.copyOf(answer.sources)));
  }

  private String analysis(String id) {
    String name = words.texts().analysis(id);
    return "`" + id + "`" + (name.equals(id) ? "" : ": " + name);
  }

  private void list(String key, List<String> lines) {
    if (!lines.isEmpty()) {
      blocks.add(
          "**"
              + words.get(key)
              + "**\n\n"
              + lines.stream().map(line -> "- " + line).collect(Collectors.joining("\n")));
    }
  }

  /** Letters and digits alone, in small letters. */
  private static String folded(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\d]+", "");
  }

  private boolean names(String model) {
    String name = folded(model);
    return name.length() >= SHORTEST_NAME && folded(question).contains(name);
  }

  private void knownModels() {
    List<KnownModel> named =
        KnownModels.all().stream().filter(known -> names(known.name())).toList();
    named.stream()
        .filter(known ->
            named.stream()
                .noneMatch(other ->
                    !other.name().equals(known.name())
                        && folded(other.name()).contains(folded(known.name()))))
        .limit(MOST_MODELS)
        .forEach(known -> {
          Architecture architecture = Families.architecture(known.config());
          ParameterCount count = ParameterCount.of(architecture);
          blocks.add(
              words.get(
                  "answer.known-model",
                  known.name(),
                  number(count.total()),
                  number(count.active()),
                  settings(known),
                  number((long) KeyValueCache.of(architecture).bytesPerToken(2)),
                  known.confidence()));
          sources.add("known-models.json: " + known.source());
        });
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String settings(KnownModel known) {
    List<String> keys =
        List.of(
            "num_hidden_layers",
            "hidden_size",
            "num_attention_heads",
            "num_key_value_heads",
            "n_routed_experts",
            "num_experts_per_tok",
            "moe_intermediate_size",
            "vocab_size");
    JsonNode json = known.config().json();
    return keys.stream()
        .filter(json::has)
        .map(key -> key + " " + json.get(key).asString(""))
        .collect(Collectors.joining(", "));
  }

  private void reports(List<FolderReports.Found> all) {
    List<FolderReports.Found> named = all.stream().filter(this::names).toList();
    boolean ofResults = topic.isPresent() && topic.get() == Topic.CASES;
    boolean anyReport = ofResults || (blocks.isEmpty() && topic.isPresent());
    List<FolderReports.Found> chosen = !named.isEmpty() ? named : anyReport ? all : List.of();
    chosen.stream().limit(MOST_REPORTS).forEach(this::report);
  }

  private boolean names(FolderReports.Found report) {
    for (String side : List.of("a", "b")) {
      JsonNode model = report.json().path(side);
      String reference = model.path("reference").asString("");
      if (names(model.path("name").asString(""))
          || names(reference.substring(reference.lastIndexOf('/') + 1))) {
        return true;
      }
    }
    return false;
  }

  private void report(FolderReports.Found report) {
    String file = report.file().toString().replace('\\', '/').replace('`', '\'');
    JsonNode json = report.json();
    if (report.schema().equals("stemma.trainlog/1")) {
      blocks.add(words.get("answer.trainlog", file, text(json.path("verdict").path("start"))));
      sources.add("`" + file + "`");
      return;
    }
    if (!report.schema().equals("stemma.report/1")) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        words.get(
            "answer.report",
            file,
            report.time().isEmpty() ? "-" : AnswerText.cell(report.time()),
            text(json.path("a").path("name")),
            text(json.path("b").path("name")),
            named("relation.", json.path("verdict").path("relation")),
            spoken(json.path("verdict").path("summary"))));
    lines.add("");
    for (JsonNode component : json.path("components")) {
      List<String> kinds = new ArrayList<>();
      component.path("kinds").forEach(kind -> kinds.add(named("kind.", kind)));
      lines.add(
          "- "
              + words.get(
                  "answer.component",
                  named("component.", component.path("component")),
                  named("relation.", component.path("relation"))
                      + (kinds.isEmpty() ? "" : " (" + String.join(", ", kinds) + ")")
                      + (component.path("log10p").isNumber()
                          ? ", log10 p = " + number(component.path("log10p"))
                          : "")));
    }
    lines.add("");
    table(json.path("evidence"), lines);
    lines.add(words.get("answer.p-is-not"));
    String change = phrase(json.path("verdict").path("wouldChange"));
    if (!change.isEmpty()) {
      lines.add("");
      lines.add(words.get("answer.would-change", change));
    }
    List<String> untested = new ArrayList<>();
    json.path("notTested").forEach(item -> untested.add(text(item.path("id"))));
    if (!untested.isEmpty()) {
      lines.add("");
      lines.add(
          words.get(
              "answer.not-tested",
              untested.stream().distinct().limit(20).collect(Collectors.joining(", "))));
    }
    blocks.add(String.join("\n", lines));
    sources.add("`" + file + "`");
  }

  private void table(JsonNode evidence, List<String> lines) {
    List<String> rows = new ArrayList<>();
    int more = 0;
    for (JsonNode item : evidence) {
      if (!item.path("outcome").asString("").equals("measured")
          || !ofTopic(item.path("id").asString(""))) {
        continue;
      }
      if (rows.size() == MOST_ROWS) {
        more++;
        continue;
      }
      JsonNode statistic = item.path("statistic");
      rows.add(
          "| `"
              + item.path("id").asString("").replaceAll("[^\\w.-]", "")
              + "` | "
              + named("component.", item.path("component"))
              + " | "
              + phrase(statistic.path("name"))
              + ": "
              + number(statistic.path("value"))
              + (statistic.path("of").isNumber() ? " / " + number(statistic.path("of")) : "")
              + " | "
              + number(item.path("log10p"))
              + " | "
              + named("supports.", item.path("supports"))
              + " |");
    }
    if (rows.isEmpty()) {
      return;
    }
    lines.add("| " + words.get("answer.head") + " |");
    lines.add("|---|---|---|---|---|");
    lines.addAll(rows);
    lines.add("");
    if (more > 0) {
      lines.add(words.get("answer.more", more));
      lines.add("");
    }
  }

  private boolean ofTopic(String id) {
    return topic
        .map(about ->
            switch (about) {
              case TOKENIZER -> id.startsWith("tokenizer.");
              case WEIGHTS, MOE -> id.startsWith("weights.");
              case ARCHITECTURE -> id.startsWith("architecture.");
              case VERIFICATION, CASES -> true;
            })
        .orElse(true);
  }

  /** A key of the report's schema in this language. */
  private String named(String group, JsonNode key) {
    String name = key.asString("");
    return AnswerText.cell(words.texts().getOr(group + name, name));
  }

  /** A sentence that the rules or an analysis wrote, in this language where it is known. */
  private String phrase(JsonNode node) {
    return AnswerText.cell(words.texts().phrase(node.asString("")));
  }

  /** A sentence, unless this language does not know it. */
  private String spoken(JsonNode node) {
    String known = words.texts().phrase(node.asString(""));
    return words.texts().speaks(known) ? AnswerText.cell(known) : "";
  }

  /** Four digits are enough in prose; the report has all. */
  private static String number(JsonNode node) {
    if (!node.isNumber()) {
      return "";
    }
    double value = node.doubleValue();
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf(Math.round(value))
        : new BigDecimal(value).round(new MathContext(4)).toString();
  }

  private static String text(JsonNode node) {
    return node.isNull() || node.isMissingNode() ? "" : AnswerText.cell(node.asString(""));
  }
}
