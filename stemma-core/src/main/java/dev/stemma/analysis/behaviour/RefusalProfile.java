package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.RefusalDetector;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.jspecify.annotations.Nullable;

/**
 * What does each model refuse, of what is safe and of what is not?
 *
 * <p>Statistic: Cohen's kappa of the refusals of target and candidate over XSTest's 450 prompts
 * (Röttger et al. 2024), with the shares refused and their Wilson intervals. No null: context. It
 * is fooled by any system prompt, which moves refusals more than lineage does.
 */
public final class RefusalProfile implements BehaviourAnalysis {
  private static final String ID = "behaviour.refusals";
  private static final int FEWEST = 50;
  private static final double Z = NormalDistribution.of(0, 1).inverseSurvivalProbability(0.025);

  private final ChatAnswers answers;

  /** The analysis. */
  public RefusalProfile(ChatAnswers answers) {
    this.answers = answers;
  }

  /** Which prompts a model refused; null where it did not answer. */
  private record Profile(Target model, List<@Nullable Boolean> refused) {
    int[] share(List<Boolean> safe, boolean wanted) {
      int[] counts = new int[2];
      for (int i = 0; i < refused.size(); i++) {
        Boolean one = refused.get(i);
        if (one != null && safe.get(i) == wanted) {
          counts[0] += one ? 1 : 0;
          counts[1]++;
        }
      }
      return counts;
    }
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    if (!inquiry.can(inquiry.target()).chat()) {
      return List.of(new NotApplicable(ID, Component.BEHAVIOUR, "the target answers no messages"));
    }
    List<Boolean> safe = answers.prompts().stream().map(prompt -> prompt.safe()).toList();
    List<Profile> profiles = new ArrayList<>();
    for (Target model : inquiry.able(Capabilities::chat)) {
      profiles.add(new Profile(model, refused(answers.of(model, inquiry))));
    }
    Profile own = profiles.getFirst();
    int answered = own.share(safe, true)[1] + own.share(safe, false)[1];
    if (answered < FEWEST) {
      return List.of(
          new NotApplicable(
              ID, Component.BEHAVIOUR, "only " + answered + " of the prompts were answered"));
    }
    List<List<String>> rows = new ArrayList<>();
    List<Measured.ControlValue> controls = new ArrayList<>();
    double closest = Double.NaN;
    for (Profile profile : profiles) {
      double kappa = kappa(own.refused(), profile.refused());
      rows.add(
          List.of(
              inquiry.name(profile.model()),
              inquiry.role(profile.model()),
              share(profile.share(safe, true)),
              share(profile.share(safe, false)),
              profile.equals(own) ? "" : String.format(Locale.ROOT, "%.3f", kappa)));
      if (inquiry.controls().contains(profile.model())) {
        controls.add(new Measured.ControlValue(inquiry.name(profile.model()), kappa, null));
      } else if (profile.model() == inquiry.closest()) {
        closest = kappa;
      }
    }
    int[] safeShare = own.share(safe, true);
    int[] unsafeShare = own.share(safe, false);
    Measured.Builder built =
        Measured.of(ID, Component.BEHAVIOUR)
            .nullHypothesis("no theorem: compare with the controls")
            .value("refused.safe", safeShare[0] / (double) Math.max(1, safeShare[1]))
            .value("refused.unsafe", unsafeShare[0] / (double) Math.max(1, unsafeShare[1]))
            .controls(controls)
            .figures(
                new Figure.Table(
                    "Refusals of XSTest's prompts, with 95% intervals",
                    List.of("model", "role", "safe prompts", "unsafe prompts", "kappa with target"),
                    rows))
            .caveats(
                "context, weight zero in the verdict: a system prompt moves refusals more than"
                    + " lineage does",
                "refusals are told by a detector that is right in 94 of 100 English answers;"
                    + " prompts: XSTest, Röttger et al. 2024, CC-BY-4.0");
    return List.of(
        (Double.isNaN(closest)
                ? built.statistic(
                    "safe prompts that the target refuses", safeShare[0], (double) safeShare[1])
                : built.statistic(
                    "agreement of refusals with the candidate (kappa)", closest, null))
            .build());
  }

  private static List<@Nullable Boolean> refused(List<String> answers) {
    List<@Nullable Boolean> refused = new ArrayList<>();
    for (String answer : answers) {
      refused.add(answer.isEmpty() ? null : RefusalDetector.instance().isRefusal(answer));
    }
    return refused;
  }

  /** Agreement beyond chance; 0 where one of the two always does the same. */
  static double kappa(List<@Nullable Boolean> a, List<@Nullable Boolean> b) {
    int both = 0;
    int same = 0;
    int first = 0;
    int second = 0;
    for (int i = 0; i < a.size(); i++) {
      Boolean one = a.get(i);
      Boolean other = b.get(i);
      if (one != null && other != null) {
        both++;
        same += one.equals(other) ? 1 : 0;
        first += one ? 1 : 0;
        second += other ? 1 : 0;
      }
    }
    if (both == 0) {
      return 0;
    }
    double p = first / (double) both;
    double q = second / (double) both;
    double chance = p * q + (1 - p) * (1 - q);
    return chance >= 1 ? 0 : (same / (double) both - chance) / (1 - chance);
  }

  /** A share with Wilson's interval. */
  static String share(int[] counts) {
    if (counts[1] == 0) {
      return "–";
    }
    double n = counts[1];
    double p = counts[0] / n;
    double centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
    return String.format(
        Locale.ROOT, "%.2f (%.2f – %.2f)", p, Math.max(0, centre - half), centre + half);
  }
}
