package dev.stemma.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Results in a few sentences; everything else is in the structured content beside them. */
final class Tellings {
  private Tellings() {}

  private static String at(JsonNode node, String... path) {
    JsonNode found = node;
    for (String step : path) {
      found = found.path(step);
    }
    return found.isNull() || found.isMissingNode() ? "" : found.asString(found.toString());
  }

  static String report(JsonNode report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        at(report, "a", "name")
            + " / "
            + at(report, "b", "name")
            + ": "
            + at(report, "verdict", "relation")
            + ". "
            + at(report, "verdict", "summary"));
    for (JsonNode component : report.path("components")) {
      StringBuilder line =
          new StringBuilder("- ")
              .append(at(component, "component"))
              .append(": ")
              .append(at(component, "relation"));
      if (!component.path("kinds").isEmpty()) {
        line.append(" (");
        String separator = "";
        for (JsonNode kind : component.path("kinds")) {
          line.append(separator).append(kind.asString(""));
          separator = ", ";
        }
        line.append(')');
      }
      if (component.path("log10p").isNumber()) {
        line.append(
            String.format(
                Locale.ROOT,
                ", log10 p %.1f (%s)",
                component.path("log10p").asDouble(),
                at(component, "basis")));
      }
      lines.add(line.toString());
    }
    lines.add("What would change it: " + at(report, "verdict", "wouldChange"));
    lines.add(
        "Not tested: "
            + report.path("notTested").size()
            + " analyses, listed in notTested. p is not the probability of innocence.");
    return String.join("\n", lines);
  }

  static String inspect(JsonNode card) {
    if (card.path("models").isArray()) {
      return card.path("models").size() + " architecture cards side by side.";
    }
    return at(card, "name")
        + ": "
        + at(card, "family")
        + ", "
        + at(card, "parameters", "total")
        + " parameters, "
        + at(card, "parameters", "active", "all")
        + " active, attention "
        + at(card, "attention", "kind")
        + ".";
  }

  static String tokenizer(JsonNode result) {
    if (result.path("relation").isString()) {
      return "The tokenizers are "
          + at(result, "relation")
          + "; common ancestor: "
          + (at(result, "ancestor").isEmpty() ? "none known" : at(result, "ancestor"))
          + ".";
    }
    return result.path("tokenizers").size()
        + " tokenizer(s); identified: "
        + (at(result, "identifiedAs", "a").isEmpty() ? "none" : at(result, "identifiedAs", "a"))
        + ".";
  }

  static String trainlog(JsonNode result) {
    List<String> lines = new ArrayList<>();
    lines.add("Start: " + at(result, "verdict", "start") + ".");
    for (JsonNode check : result.path("checks")) {
      lines.add("- " + at(check, "id") + ": " + at(check, "outcome") + ". " + at(check, "why"));
    }
    return String.join("\n", lines);
  }

  static String notebook(JsonNode result) {
    if (result.path("problems").isArray()) {
      return at(result, "entries") + " entries, " + result.path("problems").size() + " problems.";
    }
    if (result.path("entries").isArray()) {
      List<String> lines = new ArrayList<>();
      for (JsonNode entry : result.path("entries")) {
        lines.add(
            "Q" + at(entry, "number") + " " + at(entry, "date") + " " + at(entry, "question"));
      }
      return lines.isEmpty() ? "No entries yet." : String.join("\n", lines);
    }
    String recorded =
        result.path("recorded").isObject()
            ? "Recorded as Q" + at(result, "recorded", "number") + "."
            : "Nothing was recorded: questions are, commands are not, and only what is known.";
    String answer = at(result, "answer");
    return answer.isEmpty() ? recorded : answer + "\n\n" + recorded;
  }

  static String search(JsonNode result) {
    List<String> lines = new ArrayList<>();
    lines.add("Nearest of " + at(result, "models") + " known models, by fingerprint:");
    for (JsonNode hit : result.path("nearest")) {
      lines.add(
          String.format(
              Locale.ROOT,
              "- %s (%s): %.2f",
              at(hit, "name"),
              at(hit, "reference"),
              hit.path("similarity").asDouble()));
    }
    return String.join("\n", lines);
  }
}
