package dev.stemma.web;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.web.jobs.JobProblem;
import dev.stemma.web.pages.OtherPages;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What went wrong, as a page or as JSON; never with a stack trace or a path of this machine. */
final class Problems {
  private static final Set<ErrorCode> OURS =
      Set.of(ErrorCode.CANNOT_WRITE, ErrorCode.UNREADABLE, ErrorCode.UNSUPPORTED_VERSION);

  private final App app;
  private final Consumer<Throwable> log;

  Problems(App app, Consumer<Throwable> log) {
    this.app = app;
    this.log = log;
  }

  /** Answers for any exception. */
  void answer(Exception problem, Context context) {
    switch (problem) {
      case Refusal refusal -> say(context, refusal.status(), null, refusal.getMessage());
      case ArtifactException known when !OURS.contains(known.code()) -> {
        ArtifactException masked = app.settings().access().visit().masked(known);
        say(context, 400, JobProblem.node(masked), null);
      }
      case HttpResponseException http -> say(context, http.getStatus(), null, null);
      default -> {
        int status = statusOfInput(problem);
        if (status == 0) {
          log.accept(problem);
        }
        say(context, status == 0 ? 500 : status, null, null);
      }
    }
  }

  /** The status where the request itself is at fault, as a broken upload; 0 where it is not. */
  private static int statusOfInput(Throwable problem) {
    for (@Nullable Throwable at = problem; at != null; at = at.getCause()) {
      if (at instanceof HttpException http) {
        return Math.clamp(http.getCode(), 400, 499);
      }
      String message = String.valueOf(at.getMessage());
      if (message.contains("max length exceeded") || message.contains("too large")) {
        return 413;
      }
      boolean ofMultipart =
          message.contains("multipart")
              || message.contains("Multipart")
              || message.contains("boundary")
              || message.contains("maxParts");
      if (at instanceof EOFException || ofMultipart) {
        return 400;
      }
      if (at instanceof IOException
          && problem.getStackTrace().length > 0
          && at.getClass().getName().startsWith("org.eclipse.jetty")) {
        return 400;
      }
    }
    return 0;
  }

  private void say(
      Context context, int status, @Nullable JsonNode problem, @Nullable String message) {
    context.status(status);
    if (status == 429) {
      context.header("Retry-After", "10");
    }
    if (app.asked(context).wantsPage()) {
      context.html(OtherPages.problem(app.view(context, "/"), status, problem));
      return;
    }
    if (problem == null) {
      String said = message == null ? "a request that cannot be served" : message;
      ApiHandlers.answer(context, status, json(status, said));
    } else {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      json.set("error", problem);
      ApiHandlers.answer(context, status, json);
    }
  }

  /** An error that is a status and a sentence. */
  static ObjectNode json(int status, String found) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.putObject("error").put("code", "HTTP_" + status).put("found", found);
    return json;
  }
}
