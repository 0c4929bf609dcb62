package dev.stemma.analysis.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Question: was the log edited? Statistic: number of signs of editing. Null: an untouched log of
 * one training run. Fooled by loggers that smooth their losses themselves, and by a careful forger:
 * the absence of signs proves nothing.
 */
final class Forged implements Check {
  private static final String NULL = "an untouched log of one run: none of the signs of editing";
  private static final List<Sign.Search> SEARCHES =
      List.of(
          new SmoothedCurve(),
          new CopiedRows(),
          new StepGrid(),
          new StatedSteps(),
          new EpochAgainstStep(),
          new TokensAgainstStep(),
          new SchedulePhase(),
          new GradientTwin(),
          new WallClock());

  @Override
  public String id() {
    return "forged";
  }

  @Override
  public Finding examine(Run run) {
    if (run.log().rows().size() < 3) {
      return Finding.notApplicable(id(), NULL, "Fewer than three rows.");
    }
    List<Sign> signs =
        SEARCHES.stream().map(search -> search.in(run)).flatMap(Optional::stream).toList();
    if (signs.isEmpty()) {
      return new Finding(
          id(),
          Outcome.CONSISTENT,
          0.0,
          "signs of editing",
          NULL,
          "None of "
              + SEARCHES.size()
              + " signs of editing was seen"
              + (run.log().rows().size() < 30 ? "; few rows, so little would show." : "."));
    }
    Outcome worst =
        signs.stream().map(Sign::outcome).max(Outcome::compareTo).orElse(Outcome.WARNING);
    return new Finding(
        id(),
        worst,
        (double) signs.size(),
        "signs of editing",
        NULL,
        signs.stream()
            .flatMap(sign -> Stream.of(sign.name() + ": " + sign.sentence()))
            .collect(Collectors.joining(" ")));
  }
}
