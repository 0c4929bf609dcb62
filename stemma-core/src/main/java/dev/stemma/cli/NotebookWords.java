package dev.stemma.cli;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.notebook.Entry;
import dev.stemma.notebook.Notebook;
import dev.stemma.notebook.QuestionRules;
import dev.stemma.notebook.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code stemma notebook classify} and {@code hook}: what a text is. */
final class NotebookWords {
  private static final int LONGEST_PROMPT = 1 << 20;

  private NotebookWords() {}

  /** {@code classify}. */
  @Command(
      name = "classify",
      description = "Says whether a text is a question, by which rule, and of which topic.",
      footer = {"", "Example:", "  stemma notebook classify \"결과를 저장해 줘\""})
  static final class Classify extends NotebookCommand.Sub {
    @Parameters(paramLabel = "TEXT", description = "What was typed.")
    String text = "";

    @Override
    public Integer call() {
      QuestionRules.Finding finding = QuestionRules.standard().of(text);
      String topic = finding.topic().map(Topic::key).orElse(null);
      if (json) {
        out()
            .println(
                document()
                    .put("question", finding.question())
                    .put("rule", finding.rule())
                    .put("topic", topic));
      } else {
        out()
            .println(
                (finding.question() ? "question" : "no question")
                    + " (rule "
                    + finding.rule()
                    + "), topic: "
                    + (topic == null ? "none of the six" : topic));
      }
      return Main.OK;
    }
  }

  /** {@code hook}: never fails, so that it never stands in an agent's way. */
  @Command(
      name = "hook",
      description =
          "For an agent client's hook: reads what the user typed (JSON with \"prompt\") from"
              + " standard input and says how to record it, if it is a question.",
      footer = {"", "Example:", "  echo '{\"prompt\":\"Is it derived?\"}' | stemma notebook hook"})
  static final class Hook extends NotebookCommand.InFolder {
    @Override
    public Integer call() {
      String prompt = prompt();
      QuestionRules.Finding finding = QuestionRules.standard().of(prompt);
      Optional<Topic> topic = finding.topic();
      if (!finding.question()
          || topic.isEmpty()
          || !Files.isRegularFile(folder.resolve(Notebook.MAIN))) {
        return Main.OK;
      }
      Optional<Entry> recorded;
      try {
        recorded = Notebook.open(folder).recorded(prompt);
      } catch (ArtifactException e) {
        return Main.OK;
      }
      out()
          .println(
              recorded
                  .map(entry ->
                      "This question is recorded as Q"
                          + entry.number()
                          + " in "
                          + entry.file()
                          + ".")
                  .orElse(
                      "This is a question about "
                          + topic.get().key()
                          + ". The notebook records such questions: once it is answered, record it"
                          + " as the skill stemma-notebook says (stemma notebook ask, or stemma"
                          + " notebook add with your answer)."));
      return Main.OK;
    }

    private static String prompt() {
      try {
        byte[] bytes = System.in.readNBytes(LONGEST_PROMPT);
        JsonNode json = JsonMapper.shared().readTree(bytes);
        return json.path("prompt").asString("");
      } catch (IOException | JacksonException e) {
        return "";
      }
    }
  }
}
