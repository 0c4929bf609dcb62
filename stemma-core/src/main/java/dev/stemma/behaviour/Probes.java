package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Path;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The probe sets: those that come with the program, and users' own files of the same format. Every
 * file is bounded; what is wrong in it becomes an {@link ArtifactException} that names the line.
 */
public final class Probes {
  private static final int MAXIMUM_TEXT = 8_000;
  private static final int MAXIMUM_LONG = 60_000;
  private static final int MAXIMUM_WORD = 300;
  private static final int MAXIMUM_ANSWERS = 50;
  private static final String NEXT_STEP = "See docs/behaviour-probes.md for the format.";

  private Probes() {}

  /** The 3,000 openings, in a mixed order, so any first part holds all languages. */
  public static List<Opening> openings() {
    return openings(ProbeLines.bundled("openings.jsonl"));
  }

  /** Openings of a user's file. */
  public static List<Opening> openings(Path file) {
    return openings(ProbeLines.read(file));
  }

  /** The dated questions, by month. */
  public static List<DatedQuestion> datedQuestions() {
    return datedQuestions(ProbeLines.bundled("dated-questions.jsonl"));
  }

  /** Dated questions of a user's file. */
  public static List<DatedQuestion> datedQuestions(Path file) {
    return datedQuestions(ProbeLines.read(file));
  }

  /** The identity questions. */
  public static List<IdentityQuestion> identityQuestions() {
    return identityQuestions(ProbeLines.bundled("identity.jsonl"));
  }

  /** Identity questions of a user's file. */
  public static List<IdentityQuestion> identityQuestions(Path file) {
    return identityQuestions(ProbeLines.read(file));
  }

  /** Names of makers and model families, to look for in the answers. */
  public static List<IdentityName> identityNames() {
    return ProbeFiles.json("identity-names.json")
        .path("names")
        .valueStream()
        .map(name ->
            new IdentityName(
                name.path("maker").stringValue(),
                name.path("families").valueStream().map(JsonNode::stringValue).toList(),
                name.path("aliases").valueStream().map(JsonNode::stringValue).toList()))
        .toList();
  }

  /** XSTest's 450 prompts (Röttger et al. 2024, CC-BY-4.0). */
  public static List<SafetyPrompt> safetyPrompts() {
    return ProbeLines.bundled("xstest-prompts.jsonl").stream()
        .map(line ->
            new SafetyPrompt(
                line.text("type", MAXIMUM_WORD),
                line.truth("safe"),
                line.text("prompt", MAXIMUM_TEXT)))
        .toList();
  }

  /** A user's texts. */
  public static List<String> texts(Path file) {
    return ProbeLines.read(file).stream().map(line -> line.text("text", MAXIMUM_LONG)).toList();
  }

  /** A user's texts with the place that each is said to have in the training data. */
  public static List<OrderedText> orderedTexts(Path file) {
    return ProbeLines.read(file).stream()
        .map(line -> new OrderedText(line.number("position"), line.text("text", MAXIMUM_LONG)))
        .toList();
  }

  private static List<Opening> openings(List<ProbeLine> lines) {
    Set<String> seen = new HashSet<>();
    return lines.stream()
        .map(line -> {
          String text = line.text("text", MAXIMUM_TEXT);
          if (Character.isWhitespace(text.charAt(text.length() - 1))) {
            throw line.fail(
                ErrorCode.BAD_ARGUMENT, "text", "no white space at the end", "white space");
          }
          once(seen, text, line, "text");
          String stem = line.has("stem") ? line.text("stem", MAXIMUM_WORD) : line.place();
          return new Opening(line.text("language", MAXIMUM_WORD), stem, text);
        })
        .toList();
  }

  private static List<DatedQuestion> datedQuestions(List<ProbeLine> lines) {
    Set<String> seen = new HashSet<>();
    return lines.stream()
        .map(line -> {
          String question = line.text("question", MAXIMUM_TEXT);
          once(seen, question, line, "question");
          return new DatedQuestion(
              month(line),
              question,
              line.texts("answers", MAXIMUM_ANSWERS, MAXIMUM_WORD),
              line.text("source", MAXIMUM_TEXT));
        })
        .toList();
  }

  private static List<IdentityQuestion> identityQuestions(List<ProbeLine> lines) {
    Set<String> seen = new HashSet<>();
    return lines.stream()
        .map(line -> {
          String question = line.text("question", MAXIMUM_TEXT);
          once(seen, question, line, "question");
          return new IdentityQuestion(line.text("language", MAXIMUM_WORD), question);
        })
        .toList();
  }

  private static YearMonth month(ProbeLine line) {
    String month = line.text("month", MAXIMUM_WORD);
    try {
      return YearMonth.parse(month);
    } catch (DateTimeParseException e) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          line.file(),
          line.place() + ", month",
          "YYYY-MM",
          month,
          NEXT_STEP,
          e);
    }
  }

  private static void once(Set<String> seen, String text, ProbeLine line, String key) {
    if (!seen.add(text)) {
      throw line.fail(ErrorCode.DUPLICATE_NAME, key, "every " + key + " once", text);
    }
  }
}
