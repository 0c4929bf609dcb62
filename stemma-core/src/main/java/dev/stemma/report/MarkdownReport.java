package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The report as GitHub-flavoured Markdown; figures are told in words, tables are tables. */
public final class MarkdownReport implements ReportFormat {
  private static final int MAXIMUM_ROWS = 200;

  private final Texts texts;

  /** English text. */
  public MarkdownReport() {
    this(Texts.ENGLISH);
  }

  /** Text in a language. */
  public MarkdownReport(Texts texts) {
    this.texts = texts;
  }

  @Override
  public void write(Report report, Appendable out) throws IOException {
    line(out, "# " + escaped(report.a().name()) + " / " + escaped(report.b().name()));
    line(out, "**" + escaped(Findings.headline(texts, report)) + "**");
    Verdict verdict = report.verdict();
    if (verdict != null) {
      String summary = texts.phrase(verdict.summary());
      if (!summary.isBlank() && texts.speaks(summary)) {
        line(out, escaped(summary));
      }
      components(out, report, verdict);
    }
    evidence(out, report);
    line(out, "> " + escaped(texts.get("p.is-not")));
    figures(out, report);
    untested(out, report);
    plan(out, report);
    models(out, report);
    line(out, "## " + texts.get("heading.reproduce"));
    line(out, escaped(texts.get("note.reproduce")));
    line(out, "    " + Keys.printable(report.command()));
    line(out, texts.get("tool", report.toolVersion()) + at(report));
  }

  private static String at(Report report) {
    return report.created() == null ? "" : ", " + report.created();
  }

  private void components(Appendable out, Report report, Verdict verdict) throws IOException {
    line(out, "## " + texts.get("heading.components"));
    List<List<String>> rows = new ArrayList<>();
    for (ComponentVerdict component : Findings.components(verdict)) {
      LayerMap map = component.layerMap();
      rows.add(
          List.of(
              texts.component(component.component()),
              texts.relation(component.relation()),
              texts.kinds(component.kinds()),
              Numbers.p(component.log10p()),
              String.join(", ", component.because()),
              map == null ? "" : LayerRanges.sentence(texts, map)));
    }
    table(out, heads("component", "relation", "kinds", "p-not", "because", "layer-map"), rows);
    for (ComponentVerdict component : Findings.components(verdict)) {
      out.append("- ").append(escaped(Findings.sentence(texts, component))).append('\n');
      String power = component.power();
      if (power != null && !power.isBlank()) {
        out.append("  ")
            .append(escaped(texts.get("label.power") + ": " + texts.sentences(power)))
            .append('\n');
      }
    }
    out.append('\n');
    line(out, escaped(texts.get("note.scope")));
    if (!verdict.wouldChange().isBlank()) {
      line(out, "## " + texts.get("heading.would-change"));
      line(out, escaped(texts.phrase(verdict.wouldChange())));
    }
    Report.Searched searched = report.searched();
    if (searched != null) {
      line(
          out,
          escaped(
              texts.get(
                  "note.searched", searched.models(), String.join(", ", searched.shortlist()))));
    }
    if (!report.claims().isEmpty()) {
      line(out, "## " + texts.get("heading.claims"));
      table(
          out,
          heads("claim", "outcome", "because"),
          report.claims().stream()
              .map(claim ->
                  List.of(
                      texts.phrase(claim.claim()),
                      texts.get("outcome." + claim.outcome().key()),
                      String.join(", ", claim.because().stream().map(texts::phrase).toList())))
              .toList());
    }
  }

  private void evidence(Appendable out, Report report) throws IOException {
    line(out, "## " + texts.get("heading.evidence"));
    List<List<String>> rows = new ArrayList<>();
    for (Measured item : Keys.measured(report)) {
      rows.add(
          List.of(
              texts.analysis(item.id()) + " (" + item.id() + ")",
              texts.component(item.component()),
              texts.phrase(item.statistic().name())
                  + ": "
                  + Numbers.statistic(texts, item.statistic().value(), item.statistic().of()),
              Numbers.p(item.log10p()),
              texts.get("basis." + Keys.of(item.basis())),
              texts.get("supports." + Keys.of(item.supports())),
              texts.phrase(item.nullHypothesis()),
              String.join("; ", item.caveats().stream().map(texts::phrase).toList())));
    }
    table(
        out,
        heads(
            "analysis", "component", "statistic", "p-not", "basis", "supports", "null", "caveats"),
        rows);
  }

  private void figures(Appendable out, Report report) throws IOException {
    for (Measured item : Keys.measured(report)) {
      for (Figure figure : item.figures()) {
        line(
            out,
            "**"
                + escaped(texts.phrase(figure.title()))
                + "** ("
                + escaped(texts.component(item.component()))
                + ")");
        drawn(out, figure, texts);
      }
    }
  }

  /** A figure under its title. */
  static void figure(Appendable out, Figure figure, Texts texts) throws IOException {
    line(out, "**" + escaped(texts.phrase(figure.title())) + "**");
    drawn(out, figure, texts);
  }

  private static void drawn(Appendable out, Figure figure, Texts texts) throws IOException {
    if (figure instanceof Figure.Table data) {
      int shown = Math.min(MAXIMUM_ROWS, data.rows().size());
      table(out, data.head().stream().map(texts::phrase).toList(), data.rows().subList(0, shown));
      if (shown < data.rows().size()) {
        line(out, texts.get("label.first-rows", shown, data.rows().size()));
      }
    } else {
      line(out, escaped(FigureWords.of(texts, figure)));
    }
  }

  private void untested(Appendable out, Report report) throws IOException {
    line(out, "## " + texts.get("heading.not-tested"));
    List<Untested> items = report.everythingNotTested();
    line(out, escaped(texts.get(items.isEmpty() ? "note.nothing-untested" : "note.not-tested")));
    for (Untested item : items) {
      out.append("- ")
          .append(escaped(texts.analysis(item.id())))
          .append(item.failed() ? " (" + texts.get("label.failed") + ")" : "")
          .append(": ")
          .append(escaped(texts.phrase(item.why())))
          .append('\n');
    }
    out.append('\n');
  }

  private void plan(Appendable out, Report report) throws IOException {
    CostPlan plan = report.plan();
    if (plan == null || plan.steps().isEmpty()) {
      return;
    }
    line(out, "## " + texts.get("heading.plan"));
    for (String sentence : PlanWords.summary(plan, texts)) {
      line(out, escaped(sentence));
    }
    table(out, heads(PlanWords.COLUMNS), PlanWords.rows(plan, texts));
  }

  private void models(Appendable out, Report report) throws IOException {
    line(out, "## " + texts.get("heading.models"));
    List<List<String>> rows = new ArrayList<>();
    rows.add(model("label.a", report.a()));
    rows.add(model("label.b", report.b()));
    report.controls().forEach(subject -> rows.add(model("label.control", subject)));
    report.candidates().forEach(subject -> rows.add(model("label.candidate", subject)));
    table(out, heads("model", "reference", "family", "parameters", "digest"), rows);
  }

  private List<String> model(String label, Report.Subject subject) {
    return List.of(
        texts.get(label) + ": " + subject.name(),
        subject.reference(),
        subject.family(),
        subject.parameters() > 0 ? Numbers.count(subject.parameters()) : Numbers.MISSING,
        subject.digest());
  }

  private List<String> heads(String... labels) {
    return java.util.Arrays.stream(labels).map(label -> texts.get("label." + label)).toList();
  }

  private static void table(Appendable out, List<String> head, List<List<String>> rows)
      throws IOException {
    row(out, head);
    row(out, head.stream().map(cell -> "---").toList());
    for (List<String> row : rows) {
      row(out, row);
    }
    out.append('\n');
  }

  private static void row(Appendable out, List<String> cells) throws IOException {
    out.append('|');
    for (String cell : cells) {
      out.append(' ').append(cell.equals("---") ? cell : escaped(cell)).append(" |");
    }
    out.append('\n');
  }

  static void line(Appendable out, String text) throws IOException {
    out.append(text).append("\n\n");
  }

  /** Nothing that a file named can become markup: Markdown's and HTML's signs are escaped. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (char character : Keys.printable(text).toCharArray()) {
      switch (character) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '!', '$' ->
            out.append('\\').append(character);
        case ':' -> out.append("&#58;");
        case '@' -> out.append("&#64;");
        default -> out.append(character);
      }
    }
    return out.toString();
  }
}
