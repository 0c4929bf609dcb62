package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.GuestVisit;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Search;
import dev.stemma.report.Html;
import dev.stemma.report.Html.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Known models: a list, and one of them with its nearest. */
public final class CataloguePages {
  private CataloguePages() {}

  /**
   * The list.
   *
   * @param next where the next page begins, 0 for none
   */
  public static String list(
      View view, String containing, List<CatalogueEntry> entries, int models, int next) {
    List<Html.Node> main = new ArrayList<>();
    main.add(element("h1", view.get("catalogue.title")));
    main.add(element("p", view.get("catalogue.lead", models)));
    main.add(
        styled("form", "search")
            .with("method", "get")
            .to("action", "/catalogue")
            .with("role", "search")
            .add(
                view.field("name", view.get("catalogue.search"), "", containing),
                element("button", view.get("catalogue.find"))));
    if (entries.isEmpty()) {
      main.add(element("p", view.get("catalogue.none")));
    } else {
      List<List<Html.Node>> rows = new ArrayList<>();
      for (CatalogueEntry entry : entries) {
        var shape = entry.fingerprint().shape();
        rows.add(
            List.of(
                link(entry),
                View.plain(shape.family()),
                View.plain(millions(shape.parameters())),
                View.plain(shape.layers() + ""),
                View.plain(entry.added().toString().substring(0, 10))));
      }
      main.add(
          View.table(
              "",
              List.of(
                  view.get("catalogue.model"),
                  view.get("catalogue.family"),
                  view.get("catalogue.parameters"),
                  view.get("catalogue.layers"),
                  view.get("catalogue.added")),
              rows));
    }
    if (next > 0) {
      main.add(
          element("p")
              .add(
                  element("a", view.get("catalogue.more"))
                      .to("href", "/catalogue?name=" + View.quoted(containing) + "&from=" + next)));
    }
    return view.page(view.get("catalogue.title"), main, false);
  }

  private static Element link(CatalogueEntry entry) {
    return element("a")
        .to("href", "/catalogue/model?name=" + View.quoted(reference(entry)))
        .add(View.plain(entry.name()));
  }

  /** How a guest names it: never by a path of this machine. */
  public static String reference(CatalogueEntry entry) {
    return GuestVisit.isRemote(entry.reference()) ? entry.reference() : entry.name();
  }

  private static String asReference(CatalogueEntry entry) {
    return GuestVisit.isRemote(entry.reference())
        ? entry.reference()
        : GuestVisit.CATALOGUE + entry.name();
  }

  private static String millions(long parameters) {
    return String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
  }

  private static String figure(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
  }

  /** One model. */
  public static String entry(View view, CatalogueEntry entry, List<Search.Hit> near) {
    var shape = entry.fingerprint().shape();
    Element facts = styled("dl", "facts");
    String[][] lines = {
      {"form.reference", asReference(entry)},
      {"catalogue.family", shape.family()},
      {"catalogue.parameters", millions(shape.parameters())},
      {"catalogue.layers", shape.layers() + ""},
      {"entry.hidden", shape.hidden() + ""},
      {"entry.vocabulary", shape.vocabulary() + ""},
      {"entry.digest", entry.digest()}
    };
    for (String[] line : lines) {
      facts.add(element("dt", view.get(line[0])), element("dd").add(View.plain(line[1])));
    }
    List<List<Html.Node>> rows = new ArrayList<>();
    StringBuilder tree = new StringBuilder(asReference(entry));
    for (Search.Hit hit : near) {
      tree.append('\n').append(asReference(hit.entry()));
      rows.add(
          List.of(
              link(hit.entry()),
              View.plain(figure(hit.similarity())),
              View.plain(figure(hit.direct())),
              View.plain(figure(hit.embedding())),
              View.plain(figure(hit.circuits())),
              View.plain(hit.layersInCommon() + ""),
              View.plain(figure(hit.tokensInCommon())),
              element("a", view.get("form.compare"))
                  .to(
                      "href",
                      "/?a="
                          + View.quoted(asReference(entry))
                          + "&b="
                          + View.quoted(asReference(hit.entry())))));
    }
    List<Html.Node> main = new ArrayList<>();
    main.add(element("h1").add(View.plain(entry.name())));
    main.add(facts);
    main.add(
        styled("div", "actions")
            .add(
                styled("a", "button", view.get("entry.compare"))
                    .to("href", "/?a=" + View.quoted(asReference(entry))),
                styled("a", "button", view.get("entry.tree"))
                    .to("href", "/?open=tree&models=" + View.quoted(tree.toString()) + "#tree")));
    if (!rows.isEmpty()) {
      main.add(element("h2", view.get("entry.near")));
      main.add(HistoryPage.note(view.get("entry.near.note")));
      main.add(
          View.table(
              "",
              List.of(
                  view.get("catalogue.model"),
                  view.get("entry.similarity"),
                  view.get("entry.direct"),
                  view.get("entry.embedding"),
                  view.get("entry.circuits"),
                  view.get("entry.common"),
                  view.get("entry.tokens"),
                  view.get("form.compare")),
              rows));
    }
    return view.page(entry.name(), main, false);
  }
}
