package dev.stemma;

import dev.stemma.analysis.behaviour.BehaviourAnalysis;
import dev.stemma.analysis.behaviour.Inquiry;
import dev.stemma.analysis.behaviour.NextTokenEvidence;
import dev.stemma.analysis.behaviour.NextTokens;
import dev.stemma.analysis.behaviour.OutputLayers;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.Interview;
import dev.stemma.behaviour.Opening;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import dev.stemma.source.Progress;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Thresholds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks models the same questions and says what the answers tell of their relation. */
public final class BehaviourStudy {
  private static final int CHUNK = 250;
  private final Interview interview;
  private final Progress progress;

  /** Nothing is asked yet. */
  public BehaviourStudy(Interview interview, Progress progress) {
    this.interview = interview;
    this.progress = progress;
  }

  /**
   * What to ask.
   *
   * @param prompts how many openings; 0 for none
   * @param analyses what else is asked, in this order
   * @param notAsked what is left out, and why
   */
  public record Request(
      Target target,
      List<Target> against,
      List<Target> controls,
      int prompts,
      List<BehaviourAnalysis> analyses,
      List<Report.NotTested> notAsked,
      String command) {
    /** Keeps the lists unmodifiable. */
    public Request {
      against = List.copyOf(against);
      controls = List.copyOf(controls);
      analyses = List.copyOf(analyses);
      notAsked = List.copyOf(notAsked);
    }

    List<Target> all() {
      return Stream.of(List.of(target), against, controls).flatMap(List::stream).toList();
    }
  }

  /**
   * Asks and concludes.
   *
   * @throws ArtifactException if a model cannot be asked
   */
  public Report run(Request request) {
    distinct(request);
    Map<Target, Capabilities> can = new LinkedHashMap<>();
    for (Target target : request.all()) {
      can.put(target, Capabilities.probe(target, interview));
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(capabilities(can));
    Map<String, String> names = names(request);
    List<Target> order = new ArrayList<>(request.against());
    List<Target> mute = request.all().stream().filter(target -> !allowed(can, target)).toList();
    if (!mute.isEmpty()) {
      evidence.add(
          new NotApplicable(
              NextTokenEvidence.ID,
              Component.BEHAVIOUR,
              "no raw completions: "
                  + String.join(", ", mute.stream().map(Target::name).toList())
                  + lastFailure(mute.getFirst())));
    } else if (request.prompts() > 0) {
      NextTokenEvidence.Setting setting = setting(request, names);
      NextTokens answers = nextTokens(request);
      evidence.add(NextTokenEvidence.of(answers, setting));
      if (!request.controls().isEmpty()) {
        List<String> ranked =
            NextTokenEvidence.rank(answers, setting).stream()
                .map(NextTokenEvidence.Ranked::candidate)
                .toList();
        order.sort(Comparator.comparingInt(target -> ranked.indexOf(target.reference())));
      }
    }
    Map<String, Capabilities> byReference = new LinkedHashMap<>();
    can.forEach((target, found) -> byReference.put(target.reference(), found));
    Inquiry inquiry =
        new Inquiry(
            request.target(),
            request.against(),
            request.controls(),
            order.getFirst(),
            byReference,
            names,
            interview,
            progress);
    for (BehaviourAnalysis analysis : request.analyses()) {
      evidence.addAll(analysis.of(inquiry));
    }
    sameOutputLayer(evidence)
        .map(index -> request.against().get(index))
        .ifPresent(same -> {
          order.remove(same);
          order.addFirst(same);
        });
    List<Report.NotTested> notTested = new ArrayList<>(request.notAsked());
    notTested.add(
        new Report.NotTested(
            "weights", "answers alone were compared; stemma compare reads weights"));
    return new Report(
            ToolVersion.VERSION,
            request.command(),
            subject(request.target(), can),
            subject(order.getFirst(), can),
            request.controls().stream().map(control -> subject(control, can)).toList(),
            order.stream().skip(1).map(other -> subject(other, can)).toList(),
            Judge.judge(evidence, List.of()),
            evidence,
            notTested,
            Thresholds.standard().values())
        .at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** The candidate whose output layer is the target's. */
  private static Optional<Integer> sameOutputLayer(List<Evidence> evidence) {
    return evidence.stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.id().equals(OutputLayers.IMAGE) && found.value("same", 0) == 1)
        .map(found -> (int) found.value("nearest.candidate", 0))
        .findFirst();
  }

  private static boolean allowed(Map<Target, Capabilities> can, Target target) {
    Capabilities found = can.get(target);
    return found != null && found.completions();
  }

  private String lastFailure(Target target) {
    return interview.lastFailure(target).map(why -> ": " + why).orElse("");
  }

  private static NextTokenEvidence.Setting setting(Request request, Map<String, String> names) {
    return new NextTokenEvidence.Setting(
        request.target().reference(),
        request.against().stream().map(Target::reference).toList(),
        request.controls().stream().map(Target::reference).toList(),
        names,
        Thresholds.standard().get("behaviour.affinity.log10p"),
        Thresholds.standard().get("behaviour.affinity.stem.log10p"),
        Thresholds.standard().get("behaviour.affinity.answer.log10p"));
  }

  private static void distinct(Request request) {
    List<String> references = request.all().stream().map(Target::reference).toList();
    for (int i = 0; i < references.size(); i++) {
      if (references.indexOf(references.get(i)) < i) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT,
            references.get(i),
            "",
            "each model once, as target, candidate or control",
            "the same model twice",
            "Name it in one place only.");
      }
    }
  }

  private static Map<String, String> names(Request request) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Target target : request.all()) {
      names.put(
          target.reference(),
          names.containsValue(target.name()) ? target.reference() : target.name());
    }
    return names;
  }

  /** Chunk by chunk through all models: a budget that ends leaves the same prompts answered. */
  private NextTokens nextTokens(Request request) {
    List<Opening> openings = Probes.openings();
    openings = openings.subList(0, Math.min(request.prompts(), openings.size()));
    Map<String, List<@Nullable String>> answers = new LinkedHashMap<>();
    List<Target> endpoints = request.all().stream().filter(one -> !one.runsHere()).toList();
    long asked =
        request.all().stream().mapToLong(target -> target.runsHere() ? 1 : 2).sum()
            * openings.size();
    try (Progress.Step step = progress.begin("asking", asked, Progress.Unit.ITEMS)) {
      for (int from = 0; from < openings.size(); from += CHUNK) {
        List<Question> questions =
            openings.subList(from, Math.min(openings.size(), from + CHUNK)).stream()
                .map(opening -> Question.greedy(opening.text(), 1))
                .toList();
        Map<Target, List<Optional<Answer>>> once =
            interview.askAll(request.all(), questions, 0, step::advance);
        Map<Target, List<Optional<Answer>>> again =
            interview.askAll(endpoints, questions, 1, step::advance);
        once.forEach((target, first) -> {
          List<Optional<Answer>> second = again.getOrDefault(target, first);
          List<@Nullable String> kept =
              answers.computeIfAbsent(target.reference(), any -> new ArrayList<>());
          for (int i = 0; i < questions.size(); i++) {
            kept.add(stable(first.get(i), second.get(i)));
          }
        });
      }
    }
    return new NextTokens(openings.stream().map(Opening::stem).toList(), answers);
  }

  private static @Nullable String stable(Optional<Answer> first, Optional<Answer> second) {
    String once = NextTokens.cleaned(first.map(Answer::text).orElse(null));
    String twice = NextTokens.cleaned(second.map(Answer::text).orElse(null));
    return once != null && once.equals(twice) ? once : null;
  }

  private static Evidence capabilities(Map<Target, Capabilities> can) {
    List<List<String>> rows = new ArrayList<>();
    can.forEach((target, found) ->
        rows.add(
            List.of(
                target.name(),
                said(found.completions()),
                said(found.chat()),
                found.logprobs() ? String.valueOf(found.topLimit()) : "no",
                said(found.promptLogprobs()),
                said(found.choices()),
                found.seed().map(BehaviourStudy::said).orElse("unclear"),
                said(found.deterministic()))));
    long able = can.values().stream().filter(Capabilities::completions).count();
    return Measured.of("behaviour.capabilities", Component.BEHAVIOUR)
        .statistic("models that continue raw texts", (double) able, (double) can.size())
        .figures(
            new Figure.Table(
                "What each model's interface can do",
                List.of("model", "raw", "chat", "logprobs", "of prompt", "n", "seed", "repeatable"),
                rows))
        .caveats(
            "raw completions allow the next-token and drawing tests, more log-probabilities than"
                + " the hidden size those of the output layer, those of the prompt those of texts,"
                + " chat those of refusals and identity")
        .build();
  }

  private static String said(boolean yes) {
    return yes ? "yes" : "no";
  }

  private Report.Subject subject(Target target, Map<Target, Capabilities> can) {
    List<String> notes = new ArrayList<>();
    Capabilities found = can.get(target);
    if (found != null && !found.deterministic() && found.completions()) {
      notes.add("its likeliest text is not always the same; prompts where it changed are left out");
    }
    interview.lastFailure(target).ifPresent(why -> notes.add("some questions failed: " + why));
    if (!target.runsHere() && interview.budget().exhausted()) {
      notes.add("the budget ended before all questions were asked");
    }
    return new Report.Subject(target.reference(), target.name(), "", "", 0, notes);
  }
}
