package dev.stemma.web;

import dev.stemma.web.jobs.Document;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.pages.JobPage;
import dev.stemma.web.pages.View;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Results as they were stored: the HTML report in place, with a bar above it, and as files. */
final class ReportPages {
  private static final long MOST_CACHED_BYTES = 64L << 20;

  /** Where the bar goes: before everything but the link that skips to the content. */
  private static final Pattern BEGIN =
      Pattern.compile("<body>\\s*(?:<a class=\"skip\"[^>]{0,100}>[^<]{0,100}</a>)?");

  private static final Pattern POLICY =
      Pattern.compile("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]{1,400})\">");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "md", "text/markdown; charset=utf-8",
          "svg", "image/svg+xml",
          "json", "application/json; charset=utf-8");

  private final App app;
  private final Cache cache = new Cache();

  ReportPages(App app) {
    this.app = app;
  }

  /** A page as it is sent, with the policy that its own head asks for. */
  private record Composed(String policy, byte[] plain) {}

  /** The pages that were asked for last. */
  private static final class Cache {
    private final LinkedHashMap<String, Composed> pages = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    synchronized Composed get(String key, java.util.function.Supplier<Composed> making) {
      Composed known = pages.get(key);
      if (known != null) {
        return known;
      }
      Composed made = making.get();
      pages.put(key, made);
      bytes += made.plain().length;
      var oldest = pages.entrySet().iterator();
      while (bytes > MOST_CACHED_BYTES && pages.size() > 1) {
        bytes -= oldest.next().getValue().plain().length;
        oldest.remove();
      }
      return made;
    }
  }

  /** The report in place. */
  void page(Context context, Job job, boolean shared) {
    View view =
        app.view(context, shared ? "/shared/" + context.pathParam("secret") : "/jobs/" + job.id());
    String language = view.texts().language();
    Composed page =
        cache.get(
            job.id() + language + (shared ? job.share() : ""),
            () -> compose(document(job, language + ".html"), above(view, job, shared)));
    context.header("Content-Security-Policy", page.policy() + "; frame-ancestors 'none'");
    context.contentType("text/html; charset=utf-8");
    context.result(page.plain());
  }

  private String above(View view, Job job, boolean shared) {
    return "<style>"
        + Assets.barStyle()
        + "</style>"
        + (shared
            ? JobPage.aboveShared(view)
            : JobPage.above(
                new View(view.texts(), "", view.path(), false, view.assets()),
                job,
                app.jobs().store().documents(job.id())));
  }

  private static Composed compose(Document document, String above) {
    String text = document.text();
    Matcher policy = POLICY.matcher(text);
    Matcher begin = BEGIN.matcher(text);
    if (!policy.find() || !begin.find()) {
      throw new IllegalStateException("a report without a policy or body");
    }
    int at = begin.end();
    return new Composed(
        policy.group(1).replace("&#39;", "'"),
        (text.substring(0, at) + above + text.substring(at)).getBytes(StandardCharsets.UTF_8));
  }

  private Document document(Job job, String name) {
    return app.jobs()
        .store()
        .document(job.id(), name)
        .orElseThrow(() -> new Refusal(404, "There is no such file of this job."));
  }

  /** One file of a result. */
  void file(Context context) {
    Job job = app.jobs().find(context.pathParam("id"));
    String name = context.pathParam("name");
    if (!name.matches("[a-z][a-z.]{1,20}")) {
      throw new Refusal(404, "There is no such file of this job.");
    }
    Document document = document(job, name);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    context.header("Content-Disposition", "attachment; filename=\"report." + name + "\"");
    context.contentType(TYPES.getOrDefault(ending, "text/plain; charset=utf-8"));
    context.header("Vary", "Accept-Encoding");
    if (String.valueOf(context.header("Accept-Encoding")).contains("gzip")) {
      context.header("Content-Encoding", "gzip");
      context.result(document.gzip());
    } else {
      context.result(document.text());
    }
  }
}
