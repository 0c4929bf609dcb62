package dev.stemma.report;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Sha256;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Html.Element;
import dev.stemma.tree.FamilyTree;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The report as one HTML file that works offline: verdict first, then why in three levels
 * (sentence, figure, statistics), then everything needed to check it.
 */
public final class HtmlReport implements ReportFormat {
  private static final List<String> SECTIONS =
      List.of(
          "components", "why", "evidence", "not-tested", "plan", "models", "reproduce", "words");

  private final Texts texts;
  private final HtmlEvidence evidence;

  /** English text. */
  public HtmlReport() {
    this(Texts.ENGLISH);
  }

  /** Text in a language. */
  public HtmlReport(Texts texts) {
    this.texts = texts;
    this.evidence = new HtmlEvidence(texts);
  }

  @Override
  public void write(Report report, Appendable out) throws IOException {
    out.append("<!DOCTYPE html>\n");
    element("html").with("lang", texts.language()).add(head(report), body(report)).write(out);
    out.append('\n');
  }

  private Element head(Report report) {
    String policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
            + " script-src 'sha256-"
            + hash(Html.resource("report.js"))
            + "'";
    return element("head")
        .add(
            element("meta").with("charset", "utf-8"),
            element("meta").with("http-equiv", "Content-Security-Policy").with("content", policy),
            element("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            element("meta").with("name", "generator").with("content", "stemma"),
            element("title", report.a().name() + " / " + report.b().name() + " – Stemma"),
            Html.resource("style", "report.css"));
  }

  private Element body(Report report) {
    Element main = element("main").with("id", "verdict").add(verdict(report));
    main.add(contents());
    Verdict verdict = report.verdict();
    if (verdict != null) {
      main.add(components(verdict));
    }
    main.add(section("why", why(report)));
    main.add(section("evidence", allEvidence(report)));
    main.add(section("not-tested", untested(report)));
    main.add(section("plan", plan(report)));
    main.add(section("models", models(report)));
    main.add(section("reproduce", reproduce(report)));
    main.add(section("words", words()));
    return element("body")
        .add(
            styled("a", "skip", texts.get("skip")).with("href", "#verdict"),
            hatch(),
            header(report),
            main,
            element("footer")
                .text(texts.get("tool", report.toolVersion()) + ". " + texts.get("note.offline")),
            Html.resource("script", "report.js"));
  }

  private Element header(Report report) {
    Element kicker = styled("p", "kicker").text(texts.get("title") + " ");
    kicker.add(element("bdi", report.a().name())).text(" / ");
    kicker.add(element("bdi", report.b().name()));
    if (report.created() != null) {
      kicker.text(" · " + report.created().toString().substring(0, 10));
    }
    return element("header").add(kicker, element("h1", Findings.headline(texts, report)));
  }

  private Element verdict(Report report) {
    Verdict verdict = report.verdict();
    Relation relation = verdict == null ? Relation.NOT_COMPARABLE : verdict.relation();
    Element box =
        styled("section", "verdict " + tone(relation))
            .with("aria-label", texts.get("heading.verdict"));
    box.add(badge(relation));
    if (verdict == null) {
      return box.add(element("p", texts.get("note.no-verdict")));
    }
    String summary = texts.phrase(verdict.summary());
    if (texts.speaks(summary) && !summary.isBlank()) {
      box.add(styled("p", "lead", summary));
    }
    Element list = element("ul");
    for (ComponentVerdict component : Findings.components(verdict)) {
      list.add(element("li", Findings.sentence(texts, component)));
    }
    box.add(list);
    if (relation == Relation.NO_EVIDENCE) {
      box.add(element("p", texts.get("note.no-evidence")));
    }
    if (!verdict.wouldChange().isBlank()) {
      box.add(
          element("p")
              .add(element("strong", texts.get("heading.would-change") + ": "))
              .text(texts.phrase(verdict.wouldChange())));
    }
    box.add(styled("p", "note", texts.get("note.scope")));
    Report.Searched searched = report.searched();
    if (searched != null) {
      box.add(
          styled(
              "p",
              "note",
              texts.get(
                  "note.searched", searched.models(), String.join(", ", searched.shortlist()))));
    }
    return report.claims().isEmpty() ? box : box.add(claims(report));
  }

  private Element claims(Report report) {
    return evidence.table(
        texts.get("heading.claims"),
        evidence.heads("claim", "outcome", "because"),
        report.claims().stream()
            .map(claim ->
                List.of(
                    texts.phrase(claim.claim()),
                    texts.get("outcome." + claim.outcome().key()),
                    String.join(", ", claim.because().stream().map(texts::phrase).toList())))
            .toList());
  }

  private Element contents() {
    Element list = element("ul");
    for (String section : SECTIONS) {
      list.add(
          element("li")
              .add(element("a", texts.get("heading." + section)).with("href", "#" + section)));
    }
    return element("nav").with("aria-label", texts.get("contents")).add(list);
  }

  private Element section(String id, List<? extends Html.Node> content) {
    return element("section")
        .with("id", id)
        .with("aria-labelledby", id + "-heading")
        .add(element("h2", texts.get("heading." + id)).with("id", id + "-heading"))
        .add(content);
  }

  private Element components(Verdict verdict) {
    Element body = element("tbody");
    for (ComponentVerdict component : Findings.components(verdict)) {
      Element name =
          element("th")
              .with("scope", "row")
              .text(Findings.capital(texts.component(component.component())))
              .add(
                  styled(
                      "span",
                      "id",
                      texts.get("component." + component.component().key() + ".meaning")));
      body.add(
          element("tr")
              .add(
                  name,
                  element("td").add(badge(component.relation())),
                  cell("kinds", texts.kinds(component.kinds())),
                  styled("td", "number")
                      .with("data-label", "p")
                      .add(HtmlEvidence.p(component.log10p())),
                  cell(
                      "because",
                      String.join(
                          ", ", component.because().stream().map(texts::analysis).toList()))));
    }
    Element head = element("tr");
    for (String label : List.of("component", "relation", "kinds", "p", "because")) {
      head.add(
          styled("th", label.equals("p") ? "number" : "", texts.get("label." + label))
              .with("scope", "col"));
    }
    Element table =
        styled("table", "stack")
            .add(element("caption", texts.get("p.is-not")), element("thead").add(head), body);
    return section("components", List.of(styled("div", "scroll").add(table)));
  }

  private Element cell(String label, String text) {
    Element cell = element("td").with("data-label", texts.get("label." + label));
    return text.isEmpty() ? cell : cell.text(text);
  }

  private List<Element> why(Report report) {
    List<Element> parts = new ArrayList<>();
    FamilyTree tree = PairTree.of(texts, report);
    Set<Component> told = EnumSet.noneOf(Component.class);
    Verdict verdict = report.verdict();
    if (verdict != null) {
      for (ComponentVerdict component : Findings.components(verdict)) {
        told.add(component.component());
        parts.add(component(report, component, parts.isEmpty()));
      }
    }
    for (Component component : Component.values()) {
      List<Measured> measured = of(report, component);
      if (told.add(component) && !measured.isEmpty()) {
        Element part = styled("section", "component tone-grey");
        part.add(element("h3", Findings.capital(texts.component(component))));
        parts.add(part.add(evidence.levels(null, measured, isOfConfigurationsAlone(report))));
      }
    }
    if (parts.isEmpty()) {
      parts.add(element("p", texts.get("note.no-verdict")));
    }
    if (tree != null) {
      parts.addFirst(tree(tree));
    }
    return parts;
  }

  private Element tree(FamilyTree tree) {
    return element("figure")
        .with("tabindex", "0")
        .with("aria-label", texts.get("tree.title"))
        .add(
            element("figcaption", texts.get("tree.title")),
            TreeDrawing.draw(tree, texts, true).with("class", "tree"),
            styled("p", "note", texts.get("tree.of-pair")));
  }

  private Element component(Report report, ComponentVerdict verdict, boolean open) {
    Element part = styled("section", "component " + tone(verdict.relation()));
    part.add(
        element("h3", Findings.capital(texts.component(verdict.component())) + " ")
            .add(badge(verdict.relation())));
    part.add(styled("p", "said", Findings.sentence(texts, verdict)));
    for (Kind kind : verdict.kinds()) {
      part.add(
          element("p")
              .add(element("strong", Findings.capital(texts.kind(kind)) + ": "))
              .text(texts.meaning(kind)));
    }
    String power = verdict.power();
    if (power != null && !power.isBlank()) {
      part.add(
          element("p")
              .add(element("strong", Findings.capital(texts.get("label.power")) + ": "))
              .text(texts.sentences(power)));
    }
    List<Measured> ordered = new ArrayList<>(Findings.deciding(report, verdict));
    of(report, verdict.component()).stream()
        .filter(item -> !ordered.contains(item))
        .forEach(ordered::add);
    return part.add(evidence.levels(verdict, ordered, open));
  }

  private static List<Measured> of(Report report, Component component) {
    return Keys.measured(report).stream().filter(item -> item.component() == component).toList();
  }

  private List<Element> allEvidence(Report report) {
    List<Measured> measured = Keys.measured(report);
    return List.of(
        element(
            "p",
            texts.get(
                "label.evidence-count", measured.size(), report.everythingNotTested().size())),
        evidence.overview(measured),
        styled("p", "note", texts.get("p.is-not")));
  }

  private List<Element> untested(Report report) {
    List<Untested> items = report.everythingNotTested();
    if (items.isEmpty()) {
      return List.of(element("p", texts.get("note.nothing-untested")));
    }
    return List.of(
        element("p", texts.get("note.not-tested")),
        evidence.table(
            "",
            evidence.heads("analysis", "component", "outcome", "why"),
            items.stream()
                .map(item -> {
                  Component component = item.component();
                  String outcome =
                      item.failed()
                          ? "label.failed"
                          : component == null ? "label.not-run" : "label.not-applicable";
                  return List.of(
                      texts.analysis(item.id()),
                      component == null ? "" : texts.component(component),
                      texts.get(outcome),
                      texts.phrase(item.why()));
                })
                .toList()));
  }

  private List<Element> plan(Report report) {
    CostPlan plan = report.plan();
    if (plan == null || plan.steps().isEmpty()) {
      return List.of(element("p", texts.get("note.no-plan")));
    }
    List<Element> parts = new ArrayList<>();
    PlanWords.summary(plan, texts).forEach(line -> parts.add(element("p", line)));
    parts.add(evidence.table("", evidence.heads(PlanWords.COLUMNS), PlanWords.rows(plan, texts)));
    return parts;
  }

  private List<Element> models(Report report) {
    List<Element> models = new ArrayList<>();
    models.add(model("label.a", report.a()));
    models.add(model("label.b", report.b()));
    report.controls().forEach(subject -> models.add(model("label.control", subject)));
    report.candidates().forEach(subject -> models.add(model("label.candidate", subject)));
    return models;
  }

  private Element model(String label, Report.Subject subject) {
    Element facts = styled("dl", "facts");
    evidence.fact(facts, "reference", element("code").add(element("bdi", subject.reference())));
    if (!subject.family().isBlank()) {
      evidence.fact(facts, "family", element("bdi", subject.family()));
    }
    evidence.fact(
        facts,
        "parameters",
        element(
            "span",
            subject.parameters() > 0
                ? Numbers.count(subject.parameters())
                : texts.get("label.unknown")));
    if (!subject.digest().isBlank()) {
      evidence.fact(facts, "digest", element("code", subject.digest()));
    }
    for (String note : subject.notes()) {
      evidence.fact(facts, "notes", element("span", texts.phrase(note)));
    }
    return element("div")
        .add(
            element("h3", Findings.capital(texts.get(label)) + ": ")
                .add(element("bdi", subject.name())),
            facts);
  }

  private List<Element> reproduce(Report report) {
    List<List<String>> rows = new ArrayList<>();
    report.thresholds().forEach((name, value) -> rows.add(List.of(name, Numbers.value(value))));
    List<Element> parts = new ArrayList<>();
    parts.add(element("p", texts.get("note.reproduce")));
    parts.add(element("pre").with("tabindex", "0").add(element("code", report.command())));
    Element facts = styled("dl", "facts");
    evidence.fact(facts, "version", element("span", texts.get("tool", report.toolVersion())));
    if (report.created() != null) {
      evidence.fact(facts, "time", element("span", report.created().toString()));
    }
    parts.add(facts);
    if (!rows.isEmpty()) {
      parts.add(
          element("details")
              .add(
                  element("summary", texts.get("heading.thresholds")),
                  styled("div", "inside")
                      .add(evidence.table("", evidence.heads("threshold", "value"), rows))));
    }
    return parts;
  }

  private List<Element> words() {
    Element list = styled("dl", "words");
    for (Relation relation : Relation.values()) {
      list.add(element("dt").add(badge(relation)), element("dd", texts.meaning(relation)));
    }
    for (Measured.Basis basis : Measured.Basis.values()) {
      list.add(
          element("dt", Findings.capital(texts.get("basis." + Keys.of(basis)))),
          element("dd", texts.get("basis." + Keys.of(basis) + ".meaning")));
    }
    list.add(element("dt", "p"), element("dd", texts.get("p.is-not")));
    return List.of(list);
  }

  private Element badge(Relation relation) {
    return styled(
        "span", "badge " + tone(relation), sign(relation) + " " + texts.relation(relation));
  }

  /** A sign beside the word, so that colour is never alone. */
  private static String sign(Relation relation) {
    return switch (relation) {
      case IDENTICAL -> "=";
      case DERIVED -> "→";
      case SHARED_ANCESTOR -> "Y";
      case INCONCLUSIVE -> "?";
      case NO_EVIDENCE -> "∅";
      case NOT_COMPARABLE -> "×";
      case AFFINITY -> "~";
    };
  }

  private static String tone(Relation relation) {
    return switch (relation) {
      case IDENTICAL, DERIVED -> "tone-red";
      case SHARED_ANCESTOR, AFFINITY -> "tone-amber";
      case NO_EVIDENCE -> "tone-blue";
      case INCONCLUSIVE, NOT_COMPARABLE -> "tone-grey";
    };
  }

  private static Element hatch() {
    Element pattern =
        element("pattern")
            .with("id", "hatch")
            .with("width", "0.34")
            .with("height", "0.34")
            .with("patternUnits", "userSpaceOnUse")
            .with("patternTransform", "rotate(45)")
            .add(
                styled("rect", "hatch-back").with("width", 1).with("height", 1),
                styled("path", "hatch-line").with("d", "M0 0V1"));
    return styled("svg", "defs").with("aria-hidden", "true").add(element("defs").add(pattern));
  }

  private static String hash(String script) {
    byte[] digest = Sha256.start().digest(script.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest);
  }

  /** Then the architecture is all there is to see, so its figures stand open. */
  private static boolean isOfConfigurationsAlone(Report report) {
    return report.a().parameters() <= 0 && report.b().parameters() <= 0;
  }
}
