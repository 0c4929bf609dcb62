package dev.stemma;

import dev.stemma.analysis.behaviour.Genes;
import dev.stemma.analysis.behaviour.NextTokenEvidence;
import dev.stemma.analysis.behaviour.NextTokens;
import dev.stemma.analysis.behaviour.SameWeights;
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
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import dev.stemma.source.Progress;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Thresholds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks models the same questions and says what the answers tell of their relation. */
public final class BehaviourStudy {
  private static final int CHUNK = 250;
  private static final int MMD_PROMPTS = 25;
  private static final int MMD_DRAWS = 10;
  private static final int MMD_TOKENS = 16;
  private static final int PERMUTATIONS = 1000;
  private static final int GENES = 128;
  private static final int GENE_DRAWS = 32;
  private static final int GENE_TOKENS = 4;

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
   * @param prompts how many openings
   * @param draws whether texts are drawn too, for the distance and the test of identity
   */
  public record Request(
      Target target,
      List<Target> against,
      List<Target> controls,
      int prompts,
      boolean draws,
      String command) {
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
    Target best = request.against().getFirst();
    List<Target> mute = request.all().stream().filter(target -> !allowed(can, target)).toList();
    if (mute.isEmpty()) {
      NextTokenEvidence.Setting setting = setting(request, names);
      NextTokens answers = nextTokens(request);
      evidence.add(NextTokenEvidence.of(answers, setting));
      if (!request.controls().isEmpty()) {
        String closest = NextTokenEvidence.rank(answers, setting).getFirst().candidate();
        best =
            request.against().stream()
                .filter(target -> target.reference().equals(closest))
                .findFirst()
                .orElse(best);
      }
      if (request.draws()) {
        evidence.add(sameWeights(request.target(), best, can));
        evidence.add(distances(request, names, can));
      }
    } else {
      evidence.add(
          new NotApplicable(
              NextTokenEvidence.ID,
              Component.BEHAVIOUR,
              "no raw completions from "
                  + String.join(", ", mute.stream().map(Target::name).toList())
                  + lastFailure(mute.getFirst())));
    }
    return new Report(
            ToolVersion.VERSION,
            request.command(),
            subject(request.target(), can),
            subject(best, can),
            request.controls().stream().map(control -> subject(control, can)).toList(),
            others(request, best, can),
            Judge.judge(evidence, List.of()),
            evidence,
            notTested(request.draws()),
            Thresholds.standard().values())
        .at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
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
        Thresholds.standard().get("behaviour.affinity.stem.log10p"));
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
    long asked =
        request.all().stream().mapToLong(target -> target.runsHere() ? 1 : 2).sum()
            * openings.size();
    try (Progress.Step step = progress.begin("asking", asked, Progress.Unit.ITEMS)) {
      for (int from = 0; from < openings.size(); from += CHUNK) {
        List<Question> questions =
            openings.subList(from, Math.min(openings.size(), from + CHUNK)).stream()
                .map(opening -> Question.greedy(opening.text(), 1))
                .toList();
        for (Target target : request.all()) {
          List<Optional<Answer>> first = interview.ask(target, questions, 0, step::advance);
          List<Optional<Answer>> second =
              target.runsHere() ? first : interview.ask(target, questions, 1, step::advance);
          List<@Nullable String> kept =
              answers.computeIfAbsent(target.reference(), any -> new ArrayList<>());
          for (int i = 0; i < questions.size(); i++) {
            kept.add(stable(first.get(i), second.get(i)));
          }
        }
      }
    }
    return new NextTokens(openings.stream().map(Opening::stem).toList(), answers);
  }

  private static @Nullable String stable(Optional<Answer> first, Optional<Answer> second) {
    String once = NextTokens.cleaned(first.map(Answer::text).orElse(null));
    String twice = NextTokens.cleaned(second.map(Answer::text).orElse(null));
    return once != null && once.equals(twice) ? once : null;
  }

  private Evidence sameWeights(Target target, Target other, Map<Target, Capabilities> can) {
    List<List<String>> first = drawn(target, can, 0, MMD_PROMPTS, MMD_DRAWS, MMD_TOKENS);
    List<List<String>> second = drawn(other, can, 0, MMD_PROMPTS, MMD_DRAWS, MMD_TOKENS);
    List<SameWeights.Draws> draws = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      draws.add(new SameWeights.Draws(first.get(i), second.get(i)));
    }
    SameWeights.Result result = SameWeights.test(draws, PERMUTATIONS, 1);
    String id = "behaviour.same-weights";
    if (result.prompts() == 0) {
      return new NotApplicable(id, Component.BEHAVIOUR, "no texts could be drawn");
    }
    return Measured.of(id, Component.BEHAVIOUR)
        .statistic("squared mean discrepancy of drawn texts", result.discrepancy(), null)
        .pValue(Math.log10(result.p()), Basis.EXACT, "both draw their texts from one distribution")
        .value("draws", result.draws())
        .value("prompts", result.prompts())
        .caveats(
            "a small p says that the two are not the same weights served the same way; any"
                + " fine-tune does that",
            "context, weight zero in the verdict: it tells identity, not lineage")
        .build();
  }

  private Evidence distances(
      Request request, Map<String, String> names, Map<Target, Capabilities> can) {
    Genes own = genes(request.target(), can);
    List<List<String>> rows = new ArrayList<>();
    List<Measured.ControlValue> controls = new ArrayList<>();
    double nearest = Double.POSITIVE_INFINITY;
    for (Target other : request.all().subList(1, request.all().size())) {
      Genes.Distance distance = Genes.between(own, genes(other, can), PERMUTATIONS, 1);
      String name = names.getOrDefault(other.reference(), other.name());
      rows.add(
          List.of(
              name,
              String.format(Locale.ROOT, "%.3f", distance.value()),
              String.format(Locale.ROOT, "%.3f to %.3f", distance.low(), distance.high()),
              String.valueOf(distance.genes())));
      if (request.controls().contains(other)) {
        controls.add(new Measured.ControlValue(name, distance.value(), null));
      } else {
        nearest = Math.min(nearest, distance.value());
      }
    }
    return Measured.of("behaviour.phylo-distance", Component.BEHAVIOUR)
        .statistic("distance of the nearest candidate", nearest, null)
        .nullHypothesis("no theorem: compare with the controls")
        .controls(controls)
        .figures(
            new Figure.Table(
                "Distances by drawn continuations",
                List.of("model", "distance", "95% bootstrap over prompts", "prompts"),
                rows))
        .caveats("context, weight zero in the verdict: shared training data makes models near too")
        .build();
  }

  private Genes genes(Target target, Map<Target, Capabilities> can) {
    return new Genes(drawn(target, can, MMD_PROMPTS, GENES, GENE_DRAWS, GENE_TOKENS));
  }

  /** Drawn continuations, prompt by prompt; seeds differ by model, so that draws are apart. */
  private List<List<String>> drawn(
      Target target, Map<Target, Capabilities> can, int from, int prompts, int draws, int tokens) {
    Capabilities found = can.get(target);
    boolean together = found != null && found.choices();
    long seed = Integer.toUnsignedLong(target.reference().hashCode());
    List<Question> questions = new ArrayList<>();
    for (Opening opening : Probes.openings().subList(from, from + prompts)) {
      for (int draw = 0; draw < (together ? 1 : draws); draw++) {
        questions.add(Question.sampled(opening.text(), tokens, together ? draws : 1, seed++));
      }
    }
    List<Optional<Answer>> answers;
    try (Progress.Step step =
        progress.begin("drawing texts", questions.size(), Progress.Unit.ITEMS)) {
      answers = interview.ask(target, questions, 0, step::advance);
    }
    int each = questions.size() / prompts;
    List<List<String>> texts = new ArrayList<>();
    for (int prompt = 0; prompt < prompts; prompt++) {
      texts.add(
          answers.subList(prompt * each, (prompt + 1) * each).stream()
              .flatMap(Optional::stream)
              .flatMap(answer -> answer.choices().stream())
              .map(Answer.Choice::text)
              .filter(text -> !text.isEmpty())
              .toList());
    }
    return texts;
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
        .caveats("raw completions allow the next-token and drawing tests")
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

  private List<Report.Subject> others(Request request, Target best, Map<Target, Capabilities> can) {
    return request.against().stream()
        .filter(other -> other != best)
        .map(other -> subject(other, can))
        .toList();
  }

  private static List<Report.NotTested> notTested(boolean draws) {
    List<Report.NotTested> list = new ArrayList<>();
    if (!draws) {
      list.add(new Report.NotTested("behaviour.same-weights", "no texts were drawn; --draws does"));
      list.add(
          new Report.NotTested("behaviour.phylo-distance", "no texts were drawn; --draws does"));
    }
    list.add(
        new Report.NotTested(
            "weights", "answers alone were compared; stemma compare reads weights"));
    return list;
  }
}
