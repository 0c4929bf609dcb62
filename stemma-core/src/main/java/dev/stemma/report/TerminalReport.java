package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The report for a terminal: the verdict first, in lines of a given width. */
public final class TerminalReport implements ReportFormat {
  private final int width;
  private final boolean colour;
  private final Texts texts;

  /** English text. */
  public TerminalReport(int width, boolean colour) {
    this(width, colour, Texts.ENGLISH);
  }

  /**
   * Creates the format.
   *
   * @param width in columns, at least 40
   * @param colour whether to write ANSI colours
   */
  public TerminalReport(int width, boolean colour, Texts texts) {
    this.width = Math.max(40, width);
    this.colour = colour;
    this.texts = texts;
  }

  @Override
  public void write(Report report, Appendable out) throws IOException {
    Verdict verdict = report.verdict();
    Relation relation = verdict == null ? Relation.NOT_COMPARABLE : verdict.relation();
    block(out, "", style(relation), Findings.headline(texts, report));
    if (verdict != null
        && texts.speaks(texts.phrase(verdict.summary()))
        && !verdict.summary().isBlank()
        && !verdict.summary().equals(Findings.headline(texts, report))) {
      block(out, "", Style.PLAIN, texts.phrase(verdict.summary()));
    }
    out.append('\n');
    subject(out, texts.get("label.a"), report.a());
    subject(out, texts.get("label.b"), report.b());
    for (Report.Subject control : report.controls()) {
      subject(out, texts.get("label.control"), control);
    }
    for (Report.Subject candidate : report.candidates()) {
      subject(out, texts.get("label.candidate"), candidate);
    }
    if (verdict != null) {
      components(out, verdict);
    }
    evidence(out, report);
    untested(out, report);
    claims(out, report);
    plan(out, report);
    if (verdict != null && !verdict.wouldChange().isBlank()) {
      heading(out, "heading.would-change");
      block(out, "  ", Style.PLAIN, texts.phrase(verdict.wouldChange()));
    }
  }

  private void plan(Appendable out, Report report) throws IOException {
    CostPlan plan = report.plan();
    if (plan == null || plan.steps().isEmpty()) {
      return;
    }
    heading(out, "heading.plan");
    for (String line : PlanWords.lines(plan, texts)) {
      block(out, "  ", Style.PLAIN, line);
    }
  }

  private void subject(Appendable out, String label, Report.Subject subject) throws IOException {
    String size = subject.parameters() > 0 ? Numbers.count(subject.parameters()) : "";
    String about =
        String.join(
            ", ", List.of(subject.family(), size).stream().filter(s -> !s.isBlank()).toList());
    String head = Columns.padded(label, 9) + " ";
    block(
        out,
        head,
        " ".repeat(Columns.width(head)),
        Style.PLAIN,
        subject.name() + (about.isEmpty() ? "" : " (" + about + ")"));
    if (!subject.reference().equals(subject.name())) {
      block(out, " ".repeat(Columns.width(head)), Style.FAINT, subject.reference());
    }
    for (String note : subject.notes()) {
      block(out, " ".repeat(Columns.width(head)), Style.FAINT, texts.phrase(note));
    }
  }

  private void components(Appendable out, Verdict verdict) throws IOException {
    heading(out, "heading.components");
    for (ComponentVerdict component : Findings.components(verdict)) {
      block(out, "  ", style(component.relation()), Findings.sentence(texts, component));
      if (component.log10p() != null) {
        block(
            out,
            "    ",
            Style.FAINT,
            "p = "
                + Numbers.p(component.log10p())
                + " ("
                + texts.get("basis." + Keys.of(component.basis()))
                + "; "
                + texts.get("p.is-not.short")
                + ")");
      }
      LayerMap map = component.layerMap();
      if (map != null) {
        block(
            out,
            "    ",
            Style.FAINT,
            texts.get("label.layer-map") + ": " + LayerRanges.sentence(texts, map));
      }
      for (Map.Entry<String, Object> detail : component.details().entrySet()) {
        block(
            out,
            "    ",
            Style.FAINT,
            texts.getOr("label." + detail.getKey(), detail.getKey()) + ": " + detail.getValue());
      }
      String power = component.power();
      if (power != null && !power.isBlank()) {
        block(out, "    ", Style.FAINT, texts.get("label.power") + ": " + texts.sentences(power));
      }
    }
  }

  private void evidence(Appendable out, Report report) throws IOException {
    List<Measured> measured = Keys.measured(report);
    if (measured.isEmpty()) {
      return;
    }
    heading(out, "heading.evidence");
    for (Measured item : measured) {
      block(
          out,
          "  ",
          Style.BOLD,
          texts.analysis(item.id()) + " [" + item.id() + "], " + texts.component(item.component()));
      Measured.Statistic statistic = item.statistic();
      StringBuilder line =
          new StringBuilder(texts.phrase(statistic.name()))
              .append(": ")
              .append(Numbers.statistic(texts, statistic.value(), statistic.of()));
      if (item.log10p() != null) {
        line.append(", p = ").append(Numbers.p(item.log10p()));
      }
      line.append(" (")
          .append(texts.get("basis." + Keys.of(item.basis())))
          .append(item.log10p() == null ? "" : "; " + texts.get("p.is-not.short"))
          .append("); ")
          .append(texts.get("label.supports"))
          .append(": ")
          .append(texts.get("supports." + Keys.of(item.supports())));
      block(out, "    ", Style.PLAIN, line.toString());
      if (!item.controls().isEmpty()) {
        block(
            out,
            "    ",
            Style.FAINT,
            texts.get("label.controls")
                + ": "
                + String.join(
                    ", ",
                    item.controls().stream()
                        .map(control ->
                            Printable.text(texts.phrase(control.model()))
                                + " "
                                + Numbers.value(control.value()))
                        .toList()));
      }
      for (Figure figure : item.figures()) {
        if (figure instanceof Figure.ExpertMap map) {
          block(out, "    ", Style.PLAIN, FigureWords.of(texts, map));
        }
      }
      for (String caveat : item.caveats()) {
        block(out, "    - ", "      ", Style.FAINT, texts.phrase(caveat));
      }
    }
    out.append('\n');
    block(out, "  ", Style.PLAIN, texts.get("p.is-not"));
  }

  private void untested(Appendable out, Report report) throws IOException {
    heading(out, "heading.not-tested");
    List<Untested> items = report.everythingNotTested();
    if (items.isEmpty()) {
      block(out, "  ", Style.PLAIN, texts.get("note.nothing-untested"));
    }
    for (Untested item : items) {
      String where = item.component() == null ? "" : ", " + texts.component(item.component());
      String failed = item.failed() ? texts.get("label.failed") + ": " : "";
      block(
          out,
          "  ",
          "    ",
          item.failed() ? Style.RED : Style.PLAIN,
          item.id() + where + ": " + failed + texts.phrase(item.why()));
    }
  }

  private void claims(Appendable out, Report report) throws IOException {
    Report.Searched searched = report.searched();
    if (searched != null) {
      heading(out, "heading.searched");
      block(
          out,
          "  ",
          Style.PLAIN,
          texts.get("note.searched", searched.models(), String.join(", ", searched.shortlist())));
    }
    if (!report.claims().isEmpty()) {
      heading(out, "heading.claims");
      for (Report.Claim claim : report.claims()) {
        block(
            out,
            "  ",
            "    ",
            Style.PLAIN,
            texts.phrase(claim.claim()) + ": " + texts.get("outcome." + claim.outcome().key()));
        for (String because : claim.because()) {
          block(out, "    ", "    ", Style.PLAIN, texts.phrase(because));
        }
      }
    }
  }

  private void heading(Appendable out, String key) throws IOException {
    out.append('\n');
    block(out, "", Style.BOLD, texts.get(key));
  }

  private void block(Appendable out, String indent, Style style, String text) throws IOException {
    block(out, indent, indent, style, text);
  }

  /** Writes lines of the width; everything a file may have named is made printable here, once. */
  private void block(Appendable out, String first, String others, Style style, String text)
      throws IOException {
    String indent = first;
    for (String line : Columns.wrapped(Keys.printable(text), width - Columns.width(first))) {
      out.append(Keys.printable(indent));
      boolean styled = colour && !style.code.isEmpty();
      out.append(styled ? "\u001b[" + style.code + "m" : "");
      out.append(line);
      out.append(styled ? "\u001b[0m" : "").append('\n');
      indent = others;
    }
  }

  private static Style style(Relation relation) {
    return switch (relation) {
      case IDENTICAL, DERIVED -> Style.RED;
      case SHARED_ANCESTOR, INCONCLUSIVE, AFFINITY -> Style.YELLOW;
      case NO_EVIDENCE -> Style.GREEN;
      case NOT_COMPARABLE -> Style.BOLD;
    };
  }

  private enum Style {
    PLAIN(""),
    BOLD("1"),
    FAINT("2"),
    RED("1;31"),
    YELLOW("1;33"),
    GREEN("1;32");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }
}
