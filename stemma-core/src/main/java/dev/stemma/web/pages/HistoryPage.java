package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.report.Html;
import dev.stemma.report.Html.Element;
import dev.stemma.verdict.Relation;
import dev.stemma.web.jobs.Job;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** What was asked before. */
public final class HistoryPage {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private HistoryPage() {}

  /** The page; {@code older} is the number before which the next page begins, 0 for none. */
  public static String of(View view, List<Job> jobs, long older) {
    List<Html.Node> main = new ArrayList<>();
    main.add(element("h1", view.get("history.title")));
    main.add(element("p", view.get("history.lead")));
    main.add(jobs.isEmpty() ? element("p", view.get("history.none")) : table(view, jobs));
    if (older > 0) {
      main.add(
          element("p")
              .add(element("a", view.get("history.older")).to("href", "/jobs?before=" + older)));
    }
    return view.page(view.get("history.title"), main, false);
  }

  static Element table(View view, List<Job> jobs) {
    List<List<Html.Node>> rows = new ArrayList<>();
    for (Job job : jobs) {
      rows.add(
          List.of(
              element("time", TIME.format(job.created()))
                  .with("datetime", job.created().toString()),
              element("a").to("href", "/jobs/" + job.id()).add(View.plain(job.title())),
              View.plain(view.get("job.kind." + job.request().kind().key())),
              View.plain(view.get("job.state." + job.state().key())),
              View.plain(relation(view, job))));
    }
    return View.table(
        "jobs",
        List.of(
            view.get("history.when"),
            view.get("history.what"),
            view.get("history.kind"),
            view.get("history.state"),
            view.get("history.relation")),
        rows);
  }

  static String relation(View view, Job job) {
    for (Relation relation : Relation.values()) {
      if (relation.key().equals(job.relation())) {
        return view.texts().relation(relation);
      }
    }
    return "";
  }

  static Element note(String text) {
    return styled("p", "note", text);
  }
}
