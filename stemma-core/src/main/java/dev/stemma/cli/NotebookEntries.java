package dev.stemma.cli;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.notebook.Asking;
import dev.stemma.notebook.Entry;
import dev.stemma.notebook.Notebook;
import dev.stemma.notebook.QuestionRules;
import dev.stemma.notebook.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma notebook ask} and {@code add}: what records entries. */
final class NotebookEntries {
  private static final int LONGEST_ANSWER = 1 << 20;

  private NotebookEntries() {}

  /** Those that record. */
  abstract static class Recording extends NotebookCommand.InFolder {
    @Option(
        names = "--topic",
        paramLabel = "TOPIC",
        description =
            "Record in a topic's file: verification, tokenizer, weights, architecture, moe, cases;"
                + " auto by the question's words (default: README.md).")
    @Nullable String topic;

    @Option(
        names = "--date",
        paramLabel = "DATE",
        description = "When it was asked, as 2026-01-31 (default: today).")
    @Nullable String date;

    @Option(names = "--again", description = "Record a question anew that is recorded already.")
    boolean again;

    @Option(names = "--force", description = "Record even what is no question.")
    boolean force;

    @Nullable Topic topic(String question) {
      if (topic == null) {
        return null;
      }
      if (topic.equals("auto")) {
        return QuestionRules.standard().topic(question).orElse(null);
      }
      return Topic.of(topic)
          .orElseThrow(() ->
              new ParameterException(spec.commandLine(), "--topic: no topic '" + topic + "'"));
    }

    LocalDate date() {
      try {
        return date == null ? LocalDate.now(ZoneId.systemDefault()) : LocalDate.parse(date);
      } catch (DateTimeParseException e) {
        throw new ParameterException(
            spec.commandLine(), "--date: expected a date as 2026-01-31, found " + date);
      }
    }

    /** Says that a command is not recorded, with the rule that made it one. */
    boolean isCommand(String question, ObjectNode json) {
      QuestionRules.Finding finding = QuestionRules.standard().of(question);
      json.put("question", finding.question()).put("rule", finding.rule());
      json.put("topic", finding.topic().map(Topic::key).orElse(null));
      if (finding.question() || force) {
        return false;
      }
      json.putNull("recorded");
      if (this.json) {
        out().println(json);
      } else {
        out()
            .println(
                "Not recorded: questions are, commands are not (rule "
                    + finding.rule()
                    + "; --force records it).");
      }
      return true;
    }

    void say(Notebook.Recorded recorded, ObjectNode json, String text) {
      Entry entry = recorded.entry();
      NotebookCommand.Sub.put(json.putObject("recorded"), entry).put("before", recorded.before());
      if (this.json) {
        out().println(json);
        return;
      }
      if (!text.isEmpty()) {
        out().println(text);
        out().println();
      }
      out()
          .println(
              (recorded.before() ? "Recorded before as Q" : "Recorded as Q")
                  + entry.number()
                  + " in "
                  + entry.file()
                  + (recorded.before() ? "; --again records the new answer." : "."));
    }
  }

  /** {@code ask}. */
  @Command(
      name = "ask",
      description =
          "Answers a question from Stemma's own data and the JSON reports in the folder, or through"
              + " a research provider, and records it. Exit code 3 where nothing is known.",
      footer = {
        "",
        "Examples:",
        "  stemma notebook ask \"Solar와 GLM의 라우터는 어떻게 다른가요?\"",
        "  stemma notebook ask \"Is it derived?\" --topic cases",
        "  stemma notebook ask \"...\" --provider openai:https://api.perplexity.ai#sonar",
        "The key is read from STEMMA_API_KEY_HOST, STEMMA_API_KEY, OPENAI_API_KEY or"
            + " PERPLEXITY_API_KEY."
      })
  static final class Ask extends Recording {
    @Parameters(arity = "1..2", paramLabel = "[DIR] QUESTION", description = "The question.")
    List<String> words = new ArrayList<>();

    @Option(
        names = "--provider",
        paramLabel = "openai:URL#MODEL",
        description = "Ask this too (default: STEMMA_RESEARCH, if set); none asks nobody.")
    @Nullable String provider;

    @Option(names = "--dry-run", description = "Answer, record nothing.")
    boolean dryRun;

    @Override
    public Integer call() {
      if (words.size() == 2) {
        folder = Path.of(words.getFirst());
      }
      String question = words.getLast();
      Topic where = topic(question);
      LocalDate when = date();
      ObjectNode document = document();
      Notebook notebook = Notebook.open(folder);
      if (isCommand(question, document)) {
        return Main.OK;
      }
      String asked = provider == null ? System.getenv("STEMMA_RESEARCH") : provider;
      Asking.Result answer =
          Asking.ask(
              question,
              folder,
              asked == null || asked.isBlank() || asked.equals("none") ? null : asked,
              System.getenv());
      if (answer.problem() != null) {
        tell("the provider did not answer: " + answer.problem());
      }
      if (answer.markdown().isEmpty()) {
        tell(
            "Nothing here answers that: no report in the folder and no data of Stemma's own."
                + " --provider asks a research provider; stemma notebook add records your own"
                + " answer.");
        if (json) {
          out().println(document.putNull("answer").putNull("recorded"));
        }
        return Main.COULD_NOT_CONCLUDE;
      }
      document.put("answer", answer.markdown());
      ArrayNode sources = document.putArray("sources");
      answer.sources().forEach(sources::add);
      if (dryRun) {
        out().println(json ? document.putNull("recorded").toString() : answer.markdown());
        return Main.OK;
      }
      say(
          notebook.add(new Notebook.Addition(question, answer.markdown(), when, where, again)),
          document,
          answer.markdown());
      return Main.OK;
    }
  }

  /** {@code add}. */
  @Command(
      name = "add",
      description = "Records a question with a given answer.",
      footer = {
        "",
        "Examples:",
        "  stemma notebook add \"Who published it?\" \"Upstage, in January 2026.\"",
        "  stemma notebook add \"토크나이저는 어디서 왔나요?\" --answer-file answer.md --topic tokenizer"
      })
  static final class Add extends Recording {
    @Parameters(index = "0", paramLabel = "QUESTION", description = "The question.")
    String question = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ANSWER", description = "The answer.")
    @Nullable String answer;

    @Option(names = "--answer", paramLabel = "TEXT", description = "The answer, in Markdown.")
    void setAnswer(String text) {
      answer = text;
    }

    @Option(
        names = "--answer-file",
        paramLabel = "FILE",
        description = "A file with the answer; - for standard input.")
    @Nullable String file;

    @Override
    public Integer call() {
      if ((answer == null) == (file == null)) {
        throw new ParameterException(
            spec.commandLine(), "expected an answer: as text, or with --answer-file");
      }
      Topic where = topic(question);
      LocalDate when = date();
      ObjectNode document = document();
      Notebook notebook = Notebook.open(folder);
      if (isCommand(question, document)) {
        return Main.OK;
      }
      String text = answer == null ? contents(String.valueOf(file)) : answer;
      say(notebook.add(new Notebook.Addition(question, text, when, where, again)), document, "");
      return Main.OK;
    }

    private static String contents(String file) {
      try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
        byte[] bytes = in.readNBytes(LONGEST_ANSWER + 1);
        if (bytes.length > LONGEST_ANSWER) {
          throw wrong(file, "more", null);
        }
        return new String(bytes, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw wrong(file, String.valueOf(e), e);
      }
    }

    private static ArtifactException wrong(String file, String found, @Nullable IOException cause) {
      return new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          file,
          "--answer-file",
          "a UTF-8 text of at most " + (LONGEST_ANSWER >> 20) + " MB",
          found,
          "Give a shorter or readable file.",
          cause);
    }
  }
}
