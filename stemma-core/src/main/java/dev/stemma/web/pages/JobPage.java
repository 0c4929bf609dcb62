package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.report.Html;
import dev.stemma.report.Html.Element;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.jobs.JobProgress;
import dev.stemma.web.jobs.JobState;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job: how far it is, why it failed, or the bar above its report. */
public final class JobPage {
  private JobPage() {}

  /** A job that has no result (yet). */
  public static String of(View view, Job job, JobProgress.Seen seen) {
    List<Html.Node> main = new ArrayList<>();
    main.add(
        styled("p", "kicker")
            .text(view.get("job.kind." + job.request().kind().key()) + " · ")
            .text(view.get("job.state." + job.state().key())));
    main.add(element("h1").add(View.plain(job.title())));
    if (job.state().isEnd()) {
      main.addAll(ended(view, job));
    } else {
      main.addAll(following(view, job, seen));
    }
    main.add(models(view, job));
    return view.page(job.title(), main, !job.state().isEnd());
  }

  private static List<Html.Node> following(View view, Job job, JobProgress.Seen seen) {
    boolean waits = job.state() == JobState.QUEUED;
    Element steps = styled("ol", "steps");
    steps.with("start", Math.max(1, seen.steps() - seen.last().size() + 1));
    for (JobProgress.Line line : seen.last()) {
      steps.add(element("li", line.what() + (line.isOver() ? " ✓" : "")));
    }
    Element box =
        element("section")
            .with("aria-label", view.get("job.progress"))
            .with("data-events", "/jobs/" + job.id() + "/events")
            .with("data-state", job.state().key())
            .add(
                element("p", view.get(waits ? "job.waits" : "job.runs")),
                element("progress").with("aria-label", view.get("job.progress")),
                styled("p", "note").with("role", "status").text(view.get("job.step.none")),
                element("h2", view.get("job.steps")),
                steps,
                element("noscript").add(HistoryPage.note(view.get("job.reload"))));
    return List.of(
        box,
        view.form("/jobs/" + job.id() + "/cancel").add(element("button", view.get("job.cancel"))));
  }

  private static List<Html.Node> ended(View view, Job job) {
    List<Html.Node> parts = new ArrayList<>();
    String problem = job.problem();
    switch (job.state()) {
      case CANCELLED -> {
        parts.add(element("h2", view.get("job.cancelled")));
        parts.add(element("p", view.get("job.cancelled.why")));
      }
      case INTERRUPTED -> parts.add(element("h2", view.get("job.interrupted")));
      default -> parts.add(element("h2", view.get("job.failed")));
    }
    if (problem != null) {
      parts.add(problem(view, JsonMapper.shared().readTree(problem)));
    }
    parts.add(
        styled("div", "actions")
            .add(
                view.form("/jobs/" + job.id() + "/again")
                    .add(styled("button", "main", view.get("job.again"))),
                view.form("/jobs/" + job.id() + "/delete")
                    .add(element("button", view.get("job.delete")))));
    return parts;
  }

  /** An error in its parts. */
  static Element problem(View view, JsonNode problem) {
    Element facts = styled("dl", "facts");
    for (String key : List.of("file", "place", "expected", "found")) {
      String text = problem.path(key).asString("");
      if (!text.isEmpty()) {
        facts.add(element("dt", view.get("problem." + key)), element("dd").add(View.plain(text)));
      }
    }
    facts.add(
        element("dt", view.get("problem.next")),
        element("dd").add(View.plain(problem.path("nextStep").asString(""))),
        element("dt", view.get("problem.code")),
        element("dd").add(element("code", problem.path("code").asString(""))));
    return styled("div", "alert").with("role", "alert").add(facts);
  }

  private static Element models(View view, Job job) {
    Element facts = styled("dl", "facts");
    list(facts, view.get("job.models"), job.request().models());
    list(facts, view.get("job.controls"), job.request().controls());
    list(facts, view.get("job.candidates"), job.request().candidates());
    return facts;
  }

  private static void list(Element facts, String label, List<String> references) {
    if (!references.isEmpty()) {
      facts.add(element("dt", label));
      references.forEach(
          text -> facts.add(element("dd").add(element("code").add(View.plain(text)))));
    }
  }

  /**
   * What stands above a report: the way back, files, sharing.
   *
   * @param names of the documents
   */
  public static String above(View view, Job job, List<String> names) {
    Element inside = styled("div", "inside");
    Element files = element("ul");
    for (String name : names) {
      if (!name.contains(".md") || name.startsWith(view.texts().language())) {
        files.add(
            element("li")
                .add(
                    element("a", "report." + name)
                        .to("href", "/jobs/" + job.id() + "/report." + name)
                        .with("download", "")));
      }
    }
    inside.add(element("p", view.get("report.download")), files);
    inside.add(
        element("p")
            .add(
                element("a", view.get("report.manage"))
                    .to("href", "/jobs/" + job.id() + "/share")));
    Element details = element("details").add(element("summary", view.get("report.bar")), inside);
    StringBuilder out = new StringBuilder();
    View.write(view.barAbove(), out);
    View.write(
        styled("section", "above").with("aria-label", view.get("report.bar")).add(details), out);
    return out.toString();
  }

  /** Above a report that is looked at by its shared link. */
  public static String aboveShared(View view) {
    StringBuilder out = new StringBuilder();
    View.write(
        styled("section", "site")
            .with("aria-label", view.get("site.title"))
            .add(
                element("div")
                    .add(
                        styled("span", "brand", view.get("site.title")),
                        styled("div", "right").add(view.language()))),
        out);
    return out.toString();
  }

  /** Sharing and deleting. */
  public static String share(View view, Job job, String origin) {
    List<Html.Node> main = new ArrayList<>();
    main.add(element("h1").add(View.plain(job.title())));
    String secret = job.share();
    String action = "/jobs/" + job.id();
    if (secret == null) {
      main.add(
          view.form(action + "/share").add(styled("button", "main", view.get("report.share"))));
    } else {
      main.add(element("label", view.get("report.shared")).with("for", "link"));
      main.add(
          styled("div", "share")
              .add(
                  element("input")
                      .with("type", "text")
                      .with("id", "link")
                      .with("readonly", "")
                      .with("value", origin + "/shared/" + secret),
                  element("button", view.get("report.copy"))
                      .with("type", "button")
                      .with("hidden", "")
                      .with("data-copy", "link")
                      .with("data-done", view.get("report.copied"))));
      main.add(view.form(action + "/unshare").add(element("button", view.get("report.unshare"))));
    }
    main.add(
        styled("div", "actions")
            .add(
                styled("a", "button", view.get("report.back")).to("href", action),
                view.form(action + "/delete").add(element("button", view.get("job.delete")))));
    return view.page(job.title(), main, false);
  }
}
