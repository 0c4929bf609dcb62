package dev.stemma.web;

import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Search;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.pages.CataloguePages;
import dev.stemma.web.pages.HistoryPage;
import dev.stemma.web.pages.HomePage;
import dev.stemma.web.pages.OtherPages;
import dev.stemma.web.pages.View;
import io.javalin.http.Context;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pages that only read: first page, history, catalogue, login. */
final class PageHandlers {
  private static final int LATEST = 8;
  private static final int PAGE = 50;
  private static final int NEAREST = 5;
  private static final int MOST_ENTRIES = 1_000_000;

  private final App app;

  PageHandlers(App app) {
    this.app = app;
  }

  void home(Context context) {
    Asked asked = app.asked(context);
    Map<String, String> filled = new HashMap<>();
    for (String name : List.of("a", "b", "model", "models", "controls", "candidates")) {
      filled.put(name, asked.query(name));
    }
    context.html(
        HomePage.of(
            asked.view("/"),
            filled,
            asked.query("open"),
            app.jobs().store().newest(LATEST, 0),
            app.settings().limits().uploadBytes() >> 20));
  }

  void history(Context context) {
    List<Job> jobs = app.jobs().store().newest(PAGE, number(app.asked(context).query("before")));
    context.html(
        HistoryPage.of(
            app.view(context, "/jobs"), jobs, jobs.size() < PAGE ? 0 : jobs.getLast().number()));
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  private record Listed(List<CatalogueEntry> entries, int models) {}

  void catalogue(Context context) {
    Asked asked = app.asked(context);
    String containing = asked.query("name");
    int from = (int) Math.min(MOST_ENTRIES, number(asked.query("from")));
    Listed listed =
        app.catalogue(known -> new Listed(known.page(containing, from, PAGE), known.size()));
    if (listed == null) {
      listed = new Listed(List.of(), 0);
    }
    context.html(
        CataloguePages.list(
            asked.view("/catalogue"),
            containing,
            listed.entries(),
            listed.models(),
            listed.entries().size() < PAGE ? 0 : from + PAGE));
  }

  private record Near(CatalogueEntry entry, List<Search.Hit> hits) {}

  void model(Context context) {
    Asked asked = app.asked(context);
    String name = asked.query("name");
    Near near =
        app.catalogue(known -> {
          Optional<CatalogueEntry> found = known.find(name);
          CatalogueEntry entry =
              (found.isPresent() ? found : known.named(name))
                  .orElseThrow(() -> new Refusal(404, "No such model."));
          return new Near(
              entry,
              Search.nearest(known, entry.fingerprint(), NEAREST + 1, 1).stream()
                  .filter(hit -> !hit.entry().reference().equals(entry.reference()))
                  .limit(NEAREST)
                  .toList());
        });
    if (near == null) {
      throw new Refusal(404, "This server has no catalogue.");
    }
    String path =
        "/catalogue/model?name="
            + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
    context.html(CataloguePages.entry(app.view(context, path), near.entry(), near.hits()));
  }

  void api(Context context) {
    context.html(
        OtherPages.api(
            app.view(context, "/api"),
            app.asked(context).origin(app.hosts()),
            app.sessions().needsToken()));
  }

  void login(Context context) {
    if (!app.sessions().needsToken()) {
      context.redirect("/");
      return;
    }
    context.html(OtherPages.login(app.view(context, "/login"), false));
  }

  void enter(Context context) {
    Asked asked = app.asked(context);
    asked.checkForm();
    if (!app.guard().mayGuess(asked.client())) {
      throw new Refusal(429, "Too many wrong tokens; wait a moment.");
    }
    if (app.sessions().isToken(asked.field("token"))) {
      app.guard().set(context.res(), app.sessions().fresh(true));
      context.redirect("/", io.javalin.http.HttpStatus.SEE_OTHER);
    } else {
      View view = app.view(context, "/login");
      context.status(403).html(OtherPages.login(view, true));
    }
  }

  void leave(Context context) {
    app.asked(context).checkForm();
    app.guard().set(context.res(), app.sessions().fresh(false));
    context.redirect("/login", io.javalin.http.HttpStatus.SEE_OTHER);
  }
}
