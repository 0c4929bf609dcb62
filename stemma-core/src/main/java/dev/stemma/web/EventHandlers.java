package dev.stemma.web;

import dev.stemma.web.jobs.Job;
import dev.stemma.web.jobs.JobProgress;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Progress as server-sent events: each client has a virtual thread that waits for the next. */
final class EventHandlers {
  private static final int LINES = 8;
  private static final long BEAT_MILLISECONDS = 15_000;
  private static final long LEAST_BETWEEN_MILLISECONDS = 150;

  private final App app;

  EventHandlers(App app) {
    this.app = app;
  }

  void events(Context context) {
    Job job = app.jobs().find(context.pathParam("id"));
    String client = app.asked(context).client();
    if (!app.streams().enter(client, app.settings().limits().streams())) {
      throw new Refusal(429, "Too many streams of events are open.");
    }
    context.res().setStatus(200);
    context.res().setContentType("text/event-stream; charset=utf-8");
    context.res().setHeader("X-Accel-Buffering", "no");
    CompletableFuture<Void> end = new CompletableFuture<>();
    context.future(() -> end);
    Thread.ofVirtual()
        .name("events")
        .start(() -> {
          try {
            follow(job.id(), context.res().getOutputStream());
          } catch (IOException | RuntimeException e) {
            // The client went away; nobody is left to tell.
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            app.streams().leave(client);
            end.complete(null);
          }
        });
  }

  private void follow(String id, OutputStream out) throws IOException, InterruptedException {
    long version = 0;
    while (true) {
      Job job = app.jobs().find(id);
      Optional<JobProgress> progress = app.jobs().progress(job);
      JobProgress.Seen seen = app.jobs().seen(job, LINES);
      send(out, "event: progress\ndata: " + ApiHandlers.progress(job.state(), seen) + "\n\n");
      if (job.state().isEnd() || progress.isEmpty()) {
        return;
      }
      version = seen.version();
      Thread.sleep(LEAST_BETWEEN_MILLISECONDS);
      while (progress.get().await(version, 0, BEAT_MILLISECONDS).version() <= version) {
        send(out, ": beat\n\n");
        if (progress.get().now(0).ended()) {
          break;
        }
      }
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
