package dev.stemma.analysis.training;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All checks of one run, the verdict on its start, and its curve. */
public record Examination(
    Run run, List<Finding> findings, StartVerdict start, Optional<PowerLaw> law) {
  private static final int MAXIMUM_POINTS = 1000;
  private static final List<Check> CHECKS =
      List.of(
          new InitialLoss(),
          new DerivedStart(),
          new TokenFloor(),
          new Shape(),
          new LearningRate(),
          new Forged(),
          new ComputeCheck(),
          new DataRatio(),
          new Checkpoints());

  /** Keeps the list unmodifiable. */
  public Examination {
    findings = List.copyOf(findings);
  }

  /** Runs every check. */
  public static Examination of(Run run) {
    Map<String, Finding> findings = new LinkedHashMap<>();
    for (Check check : CHECKS) {
      findings.put(check.id(), check.examine(run));
    }
    return new Examination(
        run, List.copyOf(findings.values()), StartVerdict.of(findings), Shape.fit(run.log()));
  }

  /** Whether "from scratch" is claimed and the log speaks against it. */
  public boolean contradictsFromScratch() {
    return run.claims().fromScratch().orElse(false) && start == StartVerdict.PRETRAINED;
  }

  /** The finding of a check. */
  public Finding finding(String id) {
    return findings.stream().filter(finding -> finding.id().equals(id)).findFirst().orElseThrow();
  }

  /** The loss curve with evaluations, fitted law, ln V and resumes. */
  public Figure.Curves curve() {
    List<LogRow> rows = run.log().rows();
    List<Double> x = new ArrayList<>();
    List<Double> loss = new ArrayList<>();
    List<Double> fitted = new ArrayList<>();
    List<Double> uniform = new ArrayList<>();
    List<Double> resumed = new ArrayList<>();
    int stride = Math.max(1, (rows.size() + MAXIMUM_POINTS - 1) / MAXIMUM_POINTS);
    for (int index = 0; index < rows.size(); index += stride) {
      int end = Math.min(rows.size(), index + stride);
      double sum = 0;
      boolean resume = false;
      for (LogRow row : rows.subList(index, end)) {
        sum += row.loss();
        resume |= run.log().resumes().contains(row.step());
      }
      double mean = sum / (end - index);
      double step = rows.get(index).step();
      x.add(step);
      loss.add(index == 0 ? rows.getFirst().loss() : mean);
      fitted.add(law.isPresent() && step >= 1 ? capped(law.get().at(step)) : Double.NaN);
      uniform.add(run.uniformLoss().orElse(Double.NaN));
      resumed.add(resume ? mean : Double.NaN);
    }
    List<Figure.Series> series = new ArrayList<>();
    series.add(new Figure.Series("loss", loss));
    if (law.isPresent()) {
      series.add(new Figure.Series("power law fitted on 10-60%", fitted));
    }
    if (run.uniformLoss().isPresent()) {
      series.add(new Figure.Series("ln V", uniform));
    }
    if (!run.log().resumes().isEmpty()) {
      series.add(new Figure.Series("resumed here", resumed));
    }
    if (!run.log().evaluations().isEmpty()) {
      series.add(new Figure.Series("held-out loss", held(x)));
    }
    return new Figure.Curves("Loss of " + run.log().name(), "step", "nats a token", x, series);
  }

  private double capped(double value) {
    double first = run.log().rows().getFirst().loss();
    return value > 1.5 * Math.abs(first) ? Double.NaN : value;
  }

  private List<Double> held(List<Double> x) {
    List<Evaluation> evaluations = run.log().evaluations();
    List<Double> values = new ArrayList<>();
    int next = 0;
    for (int index = 0; index < x.size(); index++) {
      double end = index + 1 < x.size() ? x.get(index + 1) : Double.POSITIVE_INFINITY;
      double value = Double.NaN;
      while (next < evaluations.size() && evaluations.get(next).step() < end) {
        value = evaluations.get(next).loss();
        next++;
      }
      values.add(value);
    }
    return values;
  }
}
