package dev.stemma.analysis.behaviour;

import dev.stemma.analysis.behaviour.NextTokens.Paired;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Does the target go on as a candidate does, more often than as every control does?
 *
 * <p>Statistic: prompts on which the likeliest next words of target and candidate are the same.
 * Null hypothesis: candidate and control are equally close to the target; exact McNemar, one-sided,
 * against the control that is hardest to beat, Holm over the candidates. Paper: Nikolic et al.
 * 2025, arXiv 2502.00706; new here: the target's habitual answer is left out, sign tests by stem
 * and by answer stand beside, and no control may agree as often with the habit counted. It can be
 * fooled: training on the same texts, or on the other's answers, gives agreement without any shared
 * weight, so it never shows derivation; a child that was trained on at length loses it.
 */
public final class NextTokenEvidence {
  /** The analysis's stable id. */
  public static final String ID = "behaviour.next-token";

  private static final int FEWEST_PROMPTS = 50;

  private NextTokenEvidence() {}

  /**
   * What is compared: models by reference, with a name for each.
   *
   * @param level base-10 logarithm of the family-wise level
   * @param stemLevel the same for the sign test by stem
   * @param answerLevel the same for the sign test by answer, of which there are few
   */
  public record Setting(
      String target,
      List<String> candidates,
      List<String> controls,
      java.util.Map<String, String> names,
      double level,
      double stemLevel,
      double answerLevel) {
    String name(String model) {
      return names.getOrDefault(model, model);
    }
  }

  /** One candidate's result. */
  public record Ranked(
      String candidate, int agreed, int both, Paired hardest, double corrected, double conformal) {
    /** Share of the prompts that both answered. */
    public double share() {
      return both == 0 ? 0 : agreed / (double) both;
    }

    /** Whether no control agrees with the target as often, its habitual answer counted too. */
    boolean isCloserThanAll(int controls) {
      return conformal * (controls + 1) < 1.5;
    }
  }

  /** The candidates, the closest first. */
  public static List<Ranked> rank(NextTokens answers, Setting setting) {
    List<Paired> hardest =
        setting.candidates().stream()
            .map(candidate -> answers.hardest(setting.target(), candidate, setting.controls()))
            .toList();
    List<Double> corrected = McNemar.holm(hardest.stream().map(Paired::log10p).toList());
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < hardest.size(); i++) {
      String candidate = setting.candidates().get(i);
      int[] agreement = answers.agreement(setting.target(), candidate);
      ranked.add(
          new Ranked(
              candidate,
              agreement[0],
              agreement[1],
              hardest.get(i),
              corrected.get(i),
              conformal(answers, setting, candidate)));
    }
    ranked.sort(Comparator.comparingDouble(Ranked::share).reversed());
    return ranked;
  }

  private static double conformal(NextTokens answers, Setting setting, String candidate) {
    long near =
        setting.controls().stream()
            .filter(control -> answers.lead(setting.target(), candidate, control) <= 0)
            .count();
    return (1.0 + near) / (setting.controls().size() + 1.0);
  }

  /** The evidence on the closest candidate. */
  public static Evidence of(NextTokens answers, Setting setting) {
    if (setting.controls().isEmpty()) {
      return new NotApplicable(
          ID,
          Component.BEHAVIOUR,
          "agreement means nothing without a control: give unrelated models with --control");
    }
    List<Ranked> ranked = rank(answers, setting);
    Ranked best = ranked.getFirst();
    Paired paired = best.hardest();
    if (paired.prompts() == 0) {
      return new NotApplicable(
          ID,
          Component.BEHAVIOUR,
          "no prompt has an answer of target, candidate and control that is not the target's"
              + " habit");
    }
    boolean enough = paired.prompts() >= FEWEST_PROMPTS;
    boolean significant =
        enough && best.corrected() < setting.level() && paired.stemLog10p() < setting.stemLevel();
    boolean many = paired.answerLog10p() < setting.answerLevel();
    boolean affinity = significant && many && best.isCloserThanAll(setting.controls().size());
    Optional<Runner> runner = runner(answers, ranked, setting);
    boolean decided = runner.filter(found -> !found.isBehind(setting)).isEmpty();
    int discordant = paired.toCandidate() + paired.toControl();
    double sees =
        enough
            ? Power.visibleLead(
                paired.prompts(),
                discordant,
                setting.level() - Math.log10(setting.candidates().size()))
            : 1;
    Measured.Builder built =
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic("same next word", best.agreed(), (double) best.both())
            .pValue(
                reported(best, setting),
                Basis.EXACT,
                "the candidate and the nearest control are equally close to the target")
            .effect(best.share())
            .value(affinity ? "relation.affinity" : "relation.no-evidence", 1)
            .value("prompts", paired.prompts())
            .value("discordant.candidate", paired.toCandidate())
            .value("discordant.control", paired.toControl())
            .value("stems.log10p", paired.stemLog10p())
            .value("answers.log10p", paired.answerLog10p())
            .value("conformal.p", best.conformal())
            .value("sees.lead", sees)
            .controls(
                setting.controls().stream()
                    .map(control -> control(answers, setting, control))
                    .toList())
            .figures(table(ranked, setting))
            .value("closest.decided", decided ? 1 : 0)
            .caveats(caveats(answers, setting));
    runner.ifPresent(found -> built.value("closest.log10p", found.log10p()));
    if (!enough) {
      built.alsoCaveat(
          "only " + paired.prompts() + " prompts tell anything; affinity needs " + FEWEST_PROMPTS);
    }
    if (significant && !affinity) {
      built.alsoCaveat(
          many
              ? "no affinity: with the target's habitual answer counted, a control agrees as often"
              : "no affinity: the lead rests on too few different answers");
    }
    if (affinity && !decided) {
      built
          .value("parent.undetermined", 1)
          .alsoCaveat(
              "not significantly closer to the target than the next candidate: "
                  + setting.name(runner.orElseThrow().candidate()));
    }
    return built.build();
  }

  /** Prompts that go together by stem or answer are no independent coins: then the groups' p. */
  private static double reported(Ranked best, Setting setting) {
    double log10p = best.corrected();
    if (best.hardest().stemLog10p() >= setting.stemLevel()) {
      log10p = Math.max(log10p, best.hardest().stemLog10p());
    }
    if (best.hardest().answerLog10p() >= setting.answerLevel()) {
      log10p = Math.max(log10p, best.hardest().answerLog10p());
    }
    return log10p;
  }

  /** The candidate that is hardest to tell from the closest, and the test between the two. */
  record Runner(String candidate, double log10p, double stemLog10p) {
    boolean isBehind(Setting setting) {
      return log10p < setting.level() && stemLog10p < setting.stemLevel();
    }
  }

  /** Nothing where there is one candidate; p is corrected for the number of others. */
  static Optional<Runner> runner(NextTokens answers, List<Ranked> ranked, Setting setting) {
    double others = Math.log10(Math.max(1, ranked.size() - 1));
    return ranked.stream()
        .skip(1)
        .map(other -> {
          Paired paired =
              answers.paired(setting.target(), ranked.getFirst().candidate(), other.candidate());
          return new Runner(
              other.candidate(),
              Math.min(0, paired.log10p() + others),
              Math.min(0, paired.stemLog10p() + others));
        })
        .max(Comparator.comparingDouble(Runner::log10p));
  }

  private static Measured.ControlValue control(
      NextTokens answers, Setting setting, String control) {
    int[] agreement = answers.agreement(setting.target(), control);
    return new Measured.ControlValue(
        setting.name(control), agreement[1] == 0 ? 0 : agreement[0] / (double) agreement[1], null);
  }

  private static List<String> caveats(NextTokens answers, Setting setting) {
    List<String> caveats = new ArrayList<>();
    caveats.add(
        "affinity is not weight lineage: distillation and shared training data give it too");
    caveats.add("a control that was trained on the same data as the candidate is the honest one");
    String habit = answers.habit(setting.target());
    if (habit != null) {
      caveats.add("prompts with the target's habitual answer are left out of the test");
    }
    caveats.add("no match is relative to the candidates that were asked");
    return caveats;
  }

  private static Figure table(List<Ranked> ranked, Setting setting) {
    List<List<String>> rows = new ArrayList<>();
    for (Ranked one : ranked) {
      Paired paired = one.hardest();
      rows.add(
          List.of(
              setting.name(one.candidate()),
              String.format(Locale.ROOT, "%.3f", one.share()),
              setting.name(paired.control()),
              paired.toCandidate() + ":" + paired.toControl(),
              power(one.corrected()),
              power(paired.stemLog10p()),
              power(paired.answerLog10p()),
              String.format(Locale.ROOT, "%.3f", one.conformal())));
    }
    return new Figure.Table(
        "Candidates, the closest first",
        List.of(
            "candidate",
            "agreement",
            "nearest control",
            "only it : only control",
            "log10 p (Holm)",
            "log10 p by stem",
            "by answer",
            "conformal p"),
        rows);
  }

  private static String power(double log10p) {
    return String.format(Locale.ROOT, "%.1f", log10p);
  }
}
