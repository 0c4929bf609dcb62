package dev.stemma.cli;

import dev.stemma.BehaviourStudy;
import dev.stemma.BehaviourTests;
import dev.stemma.Investigation;
import dev.stemma.behaviour.ApiKey;
import dev.stemma.behaviour.Budget;
import dev.stemma.behaviour.Endpoint;
import dev.stemma.behaviour.Interview;
import dev.stemma.behaviour.LocalTarget;
import dev.stemma.behaviour.OpenAiTarget;
import dev.stemma.behaviour.Retries;
import dev.stemma.behaviour.Target;
import dev.stemma.behaviour.Transcript;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Measured;
import dev.stemma.report.JsonReport;
import dev.stemma.report.Report;
import dev.stemma.report.Reports;
import dev.stemma.report.TerminalReport;
import dev.stemma.report.Texts;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stemma behave TARGET --against X --control C}: lineage over an interface. */
@Command(
    name = "behave",
    description = {
      "Asks models the same questions: does TARGET answer as X does, more than as every control?",
      "A model is openai:BASE_URL#model, or any reference with weights, which is then run here.",
      "Affinity is not weight lineage: distillation and shared training data give it too."
    },
    footer = {
      "",
      "The key comes from STEMMA_API_KEY or OPENAI_API_KEY and goes to the first",
      "endpoint's host alone; api.example.com has STEMMA_API_KEY_API_EXAMPLE_COM.",
      "Examples:",
      "  stemma behave openai:http://localhost:8000/v1#m --against ./base \\",
      "    --control ./other",
      "  stemma behave ./child --against ./a --against ./b --control ./c --control ./d",
      "  stemma behave openai:https://host/v1#m --against ./a --control ./c \\",
      "    --transcript run.jsonl --max-requests 10000 --report behave.html",
      "  stemma behave openai:https://host/v1#m --against ./a --control ./c \\",
      "    --transcript run.jsonl --offline",
      "  stemma behave ./child --against ./base --control ./other --tests overlap \\",
      "    --texts mine.jsonl --control-texts later.jsonl"
    })
final class BehaveCommand implements Callable<Integer> {
  private static final int MOST_PROMPTS = 3000;
  private static final int MOST_CONCURRENT = 256;

  @Parameters(index = "0", paramLabel = "TARGET", description = "The model in question.")
  String target = "";

  @Option(
      names = "--against",
      required = true,
      paramLabel = "X",
      description = "A model that it may be kin to. Repeatable.")
  List<String> against = new ArrayList<>();

  @Option(
      names = "--control",
      paramLabel = "C",
      description =
          "A model believed unrelated, at best trained on the same data as X. Repeatable.")
  List<String> controls = new ArrayList<>();

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "3000",
      description = "How many of the 3,000 openings are asked (default: ${DEFAULT-VALUE}).")
  int prompts;

  @Option(
      names = "--tests",
      split = ",",
      paramLabel = "TEST",
      description = "Which tests: ${COMPLETION-CANDIDATES} (default: all).",
      completionCandidates = TestNames.class)
  List<String> tests = new ArrayList<>();

  @Option(
      names = "--draws",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Also draw texts: 250 for the test of identity, 4,096 for the distance (default: yes).")
  boolean draws;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description =
          "Texts that TARGET may have been trained on, as JSON lines {\"text\": ...};"
              + " needs --control-texts.")
  @Nullable Path texts;

  @Option(
      names = "--control-texts",
      paramLabel = "FILE",
      description = "Texts of the same kind that it cannot have seen: written after its cutoff.")
  @Nullable Path controlTexts;

  @Option(
      names = "--order",
      paramLabel = "FILE",
      description =
          "Texts of X's training data with their published places, as JSON lines"
              + " {\"position\": 17, \"text\": ...}.")
  @Nullable Path order;

  @Option(
      names = "--dated-questions",
      paramLabel = "FILE",
      description = "Your own dated questions in place of the bundled 638 (see the documentation).")
  @Nullable Path datedQuestions;

  @Option(
      names = "--declared-cutoff",
      paramLabel = "YYYY-MM",
      description = "The last month that TARGET is said to know; a later one is flagged.")
  @Nullable String declaredCutoff;

  @Option(
      names = "--transcript",
      paramLabel = "FILE",
      description =
          "Keep every request and answer here, as JSON lines; what it holds is not asked again.")
  @Nullable Path transcript;

  @Option(names = "--offline", description = "Ask nothing: score the transcript again.")
  boolean offline;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description = "At most so many requests to endpoints, tries included.")
  long maximumRequests = Long.MAX_VALUE;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "At most so many tokens at endpoints, prompts included.")
  long maximumTokens = Long.MAX_VALUE;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "4",
      description = "Requests at once to one endpoint (default: ${DEFAULT-VALUE}).")
  int concurrency;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "For one answer (default: ${DEFAULT-VALUE}).")
  int timeout;

  @Option(
      names = "--expect",
      paramLabel = "RELATION",
      description = "Exit with 1 unless the relation is this: affinity or no-evidence.")
  @Nullable String expect;

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /** For the help and the shell's completion. */
  static final class TestNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return BehaviourTests.NAMES.iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    Texts words = reports.check(Reports::forFile);
    check();
    Report report = asked();
    reports.write(
        common.quiet, (file, language) -> Reports.write(report, file, language, reports.files));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      new JsonReport().write(report, out);
    } else {
      new TerminalReport(Terminal.width(), Terminal.colour(), words).write(report, out);
      for (Evidence item : report.evidence()) {
        if (item instanceof Measured measured) {
          measured.figures().forEach(figure -> Figures.print(out, figure));
        }
      }
    }
    return exitCode(report);
  }

  private void check() {
    within("--prompts", prompts, MOST_PROMPTS);
    within("--concurrency", concurrency, MOST_CONCURRENT);
    within("--timeout", timeout, 86_400);
    if (offline && transcript == null) {
      throw new ParameterException(spec.commandLine(), "--offline needs --transcript FILE");
    }
    for (String test : tests) {
      if (!BehaviourTests.NAMES.contains(test)) {
        throw new ParameterException(
            spec.commandLine(),
            "--tests: expected some of "
                + String.join(", ", BehaviourTests.NAMES)
                + ", found "
                + test);
      }
    }
    if ((texts == null) != (controlTexts == null)) {
      throw new ParameterException(
          spec.commandLine(), "--texts and --control-texts belong together: give both");
    }
    declaredMonth();
    if (expect != null
        && !expect.equals(Relation.AFFINITY.key())
        && !expect.equals(Relation.NO_EVIDENCE.key())) {
      throw new ParameterException(
          spec.commandLine(), "--expect: expected affinity or no-evidence, found " + expect);
    }
  }

  private Set<String> chosen() {
    Set<String> chosen = new LinkedHashSet<>(tests.isEmpty() ? BehaviourTests.NAMES : tests);
    if (!draws) {
      chosen.remove(BehaviourTests.DRAWS);
    }
    return chosen;
  }

  private @Nullable YearMonth declaredMonth() {
    try {
      return declaredCutoff == null ? null : YearMonth.parse(declaredCutoff);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--declared-cutoff: expected a month as 2024-06, found " + declaredCutoff,
          e);
    }
  }

  private void within(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + ": expected 1 to " + most + ", found " + value);
    }
  }

  private Report asked() throws IOException {
    List<Target> opened = new ArrayList<>();
    BehaviourTests asking =
        BehaviourTests.of(
            chosen(),
            new BehaviourTests.Material(
                texts, controlTexts, order, datedQuestions, declaredMonth()));
    try (Investigation investigation = common.investigation();
        Transcript kept = transcript == null ? Transcript.none() : Transcript.open(transcript)) {
      Set<String> origins = new LinkedHashSet<>();
      Target first = open(investigation, target, origins, opened);
      List<Target> others = new ArrayList<>();
      for (String reference : against) {
        others.add(open(investigation, reference, origins, opened));
      }
      List<Target> unrelated = new ArrayList<>();
      for (String reference : controls) {
        unrelated.add(open(investigation, reference, origins, opened));
      }
      if (kept.unreadable() > 0 && !common.quiet) {
        spec.commandLine()
            .getErr()
            .println(transcript + ": " + kept.unreadable() + " unreadable lines are passed over");
      }
      Budget budget = new Budget(maximumRequests, maximumTokens);
      Report report =
          new BehaviourStudy(new Interview(kept, budget, offline), common.progress())
              .run(
                  new BehaviourStudy.Request(
                      first,
                      others,
                      unrelated,
                      chosen().contains(BehaviourTests.NEXT_TOKEN) ? prompts : 0,
                      asking.analyses(),
                      asking.notAsked(),
                      reproduce()));
      if (!common.quiet && budget.requests() > 0) {
        spec.commandLine()
            .getErr()
            .println(budget.requests() + " requests, " + budget.tokens() + " tokens");
      }
      return report;
    } finally {
      opened.forEach(Target::close);
    }
  }

  private Target open(
      Investigation investigation, String reference, Set<String> origins, List<Target> opened)
      throws IOException {
    Target made =
        Endpoint.isMeant(reference)
            ? endpoint(Endpoint.parse(reference), origins)
            : local(LoadedModel.open(investigation, reference), reference, common.threads);
    opened.add(made);
    return made;
  }

  private Target endpoint(Endpoint endpoint, Set<String> origins) {
    origins.add(endpoint.origin());
    boolean first = origins.iterator().next().equals(endpoint.origin());
    return new OpenAiTarget(
        endpoint,
        ApiKey.of(System.getenv(), endpoint.base(), first),
        new OpenAiTarget.Manners(Retries.USUAL, Duration.ofSeconds(timeout), concurrency));
  }

  static Target local(LoadedModel model, String reference, int threads) {
    return new LocalTarget(
        reference,
        model.model().model().name(),
        model.decoder(),
        model.requireCodec(),
        model.endTokens(),
        model
            .template()
            .map(template ->
                text -> model.chat(List.of(Map.of("role", "user", "content", text)), Map.of())),
        threads);
  }

  private int exitCode(Report report) {
    if (report.evidence().stream().anyMatch(Failed.class::isInstance)) {
      return Main.COULD_NOT_CONCLUDE;
    }
    String found = report.verdict() == null ? "none" : report.verdict().relation().key();
    if (expect != null && !expect.equals(found)) {
      spec.commandLine().getErr().println("expected " + expect + ", found " + found);
      return Main.NOT_AS_EXPECTED;
    }
    return Main.OK;
  }

  private String reproduce() {
    StringBuilder command = new StringBuilder("stemma behave ").append(Words.quoted(target));
    against.forEach(one -> command.append(" --against ").append(Words.quoted(one)));
    controls.forEach(one -> command.append(" --control ").append(Words.quoted(one)));
    if (prompts != MOST_PROMPTS) {
      command.append(" --prompts ").append(prompts);
    }
    if (!tests.isEmpty()) {
      command.append(" --tests ").append(String.join(",", tests));
    }
    if (!draws) {
      command.append(" --no-draws");
    }
    appendFile(command, "--texts", texts);
    appendFile(command, "--control-texts", controlTexts);
    appendFile(command, "--order", order);
    appendFile(command, "--dated-questions", datedQuestions);
    if (declaredCutoff != null) {
      command.append(" --declared-cutoff ").append(declaredCutoff);
    }
    appendFile(command, "--transcript", transcript);
    return command.toString();
  }

  private static void appendFile(StringBuilder command, String option, @Nullable Path file) {
    if (file != null) {
      command.append(' ').append(option).append(' ').append(Words.quoted(file.toString()));
    }
  }
}
