package dev.stemma.cli;

import dev.stemma.notebook.Entry;
import dev.stemma.notebook.Notebook;
import dev.stemma.notebook.Problem;
import dev.stemma.notebook.QuestionRules;
import dev.stemma.notebook.Starter;
import dev.stemma.notebook.Topic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma notebook}: the numbered question-and-answer record of an investigation. */
@Command(
    name = "notebook",
    description =
        "The question-and-answer record of an investigation: numbered entries in Markdown, with an"
            + " index and a checklist that follow the reports in the folder.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      NotebookCommand.Init.class,
      NotebookEntries.Ask.class,
      NotebookEntries.Add.class,
      NotebookCommand.ListAll.class,
      NotebookCommand.Check.class,
      NotebookCommand.Sync.class,
      NotebookWords.Classify.class,
      NotebookWords.Hook.class
    },
    footer = {
      "",
      "Examples:",
      "  stemma notebook init investigation --language ko",
      "  stemma notebook ask \"Why is a high cosine of norm weights no evidence?\"",
      "  stemma notebook add \"Who published it?\" --answer-file answer.md",
      "  stemma notebook check"
    })
final class NotebookCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "notebook: a command is missing");
  }

  /** What all of them have. */
  abstract static class Sub implements Callable<Integer> {
    @Option(
        names = "--json",
        description = "Print one JSON document on standard output and nothing else there.")
    boolean json;

    @Option(names = "--quiet", description = "No talk on standard error.")
    boolean quiet;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    boolean help;

    @Spec CommandSpec spec = CommandSpec.create();

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    void tell(String what) {
      if (!quiet) {
        spec.commandLine().getErr().println(what);
      }
    }

    static ObjectNode document() {
      return JsonMapper.shared().createObjectNode().put("schema", "stemma.notebook/1");
    }

    static ObjectNode put(ObjectNode json, Entry entry) {
      return json.put("number", entry.number())
          .put("question", entry.question())
          .put("date", entry.date())
          .put(
              "topic",
              QuestionRules.standard().topic(entry.question()).map(Topic::key).orElse(null))
          .put("file", entry.file().toString().replace('\\', '/'))
          .put("line", entry.line());
    }
  }

  /** Those that work in a notebook's folder. */
  abstract static class InFolder extends Sub {
    @Option(
        names = {"--dir", "-d"},
        paramLabel = "DIR",
        description = "The notebook's folder (default: this one).")
    Path folder = Path.of(".");
  }

  /** Those that take nothing but the folder, which may then be named without its option. */
  abstract static class OfFolder extends InFolder {
    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The same as --dir.")
    void setFolder(Path given) {
      folder = given;
    }
  }

  /** {@code init}. */
  @Command(
      name = "init",
      description =
          "Makes a notebook in a folder: README.md with marker, index and checklist, six topic"
              + " files, and commands, hooks and a skill for agent clients. What is there stays.",
      footer = {"", "Example:", "  stemma notebook init investigation --language ko"})
  static final class Init extends Sub {
    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The folder (default: this one).")
    Path folder = Path.of(".");

    @Option(
        names = "--language",
        paramLabel = "en|ko",
        description = "Language of the files (default: ${DEFAULT-VALUE}).")
    String language = "en";

    @Option(
        names = "--no-agents",
        description = "Without commands, hooks and skill for agent clients.")
    boolean noAgents;

    @Override
    public Integer call() {
      dev.stemma.report.Reports.language(language);
      Starter.Made made = Starter.init(folder, language, !noAgents);
      if (json) {
        ObjectNode document = document();
        strings(document.putArray("made"), made.made());
        strings(document.putArray("completed"), made.completed());
        strings(document.putArray("kept"), made.kept());
        out().println(document);
      } else {
        made.made().forEach(file -> out().println("made      " + folder.resolve(file)));
        made.completed().forEach(file -> out().println("completed " + folder.resolve(file)));
        made.kept().forEach(file -> out().println("kept      " + folder.resolve(file)));
      }
      return Main.OK;
    }

    private static void strings(ArrayNode list, List<Path> files) {
      files.forEach(file -> list.add(file.toString().replace('\\', '/')));
    }
  }

  /** {@code list}. */
  @Command(
      name = "list",
      description = "Lists the entries.",
      footer = {"", "Example:", "  stemma notebook list --json"})
  static final class ListAll extends OfFolder {
    @Override
    public Integer call() {
      List<Entry> entries = Notebook.open(folder).entries();
      if (json) {
        ObjectNode document = document();
        ArrayNode list = document.putArray("entries");
        entries.forEach(entry -> put(list.addObject(), entry));
        out().println(document);
      } else {
        entries.forEach(entry ->
            out()
                .println(
                    "Q"
                        + entry.number()
                        + "  "
                        + entry.date()
                        + "  "
                        + entry.question()
                        + "  ("
                        + entry.file()
                        + ")"));
        if (entries.isEmpty()) {
          out().println("No entries yet.");
        }
      }
      return Main.OK;
    }
  }

  /** {@code check}. */
  @Command(
      name = "check",
      description =
          "Finds broken numbering, markers and entries. Exit code 1 where something is found.",
      footer = {"", "Example:", "  stemma notebook check investigation"})
  static final class Check extends OfFolder {
    @Override
    public Integer call() {
      Notebook notebook = Notebook.open(folder);
      List<Problem> problems = notebook.check();
      if (json) {
        ObjectNode document = document();
        document.put("entries", notebook.entries().size());
        ArrayNode list = document.putArray("problems");
        for (Problem problem : problems) {
          list.addObject()
              .put("id", problem.id())
              .put("file", problem.file().toString().replace('\\', '/'))
              .put("line", problem.line())
              .put("expected", problem.expected())
              .put("found", problem.found())
              .put("nextStep", problem.nextStep());
        }
        out().println(document);
      } else {
        for (Problem problem : problems) {
          out()
              .println(
                  problem.file()
                      + (problem.line() > 0 ? ", line " + problem.line() : "")
                      + ": expected "
                      + problem.expected()
                      + ", found: "
                      + dev.stemma.artifact.Printable.text(problem.found())
                      + ". "
                      + problem.nextStep()
                      + " ["
                      + problem.id()
                      + "]");
        }
        if (problems.isEmpty()) {
          out().println(notebook.entries().size() + " entries, nothing wrong.");
        }
      }
      return problems.isEmpty() ? Main.OK : Main.NOT_AS_EXPECTED;
    }
  }

  /** {@code sync}. */
  @Command(
      name = "sync",
      description = "Brings index and checklist up to date with entries and reports.",
      footer = {"", "Example:", "  stemma notebook sync"})
  static final class Sync extends OfFolder {
    @Override
    public Integer call() {
      List<Path> changed = Notebook.open(folder).sync();
      if (json) {
        ObjectNode document = document();
        Init.strings(document.putArray("changed"), changed);
        out().println(document);
      } else {
        changed.forEach(file -> tell("updated " + file));
      }
      return Main.OK;
    }
  }
}
