package dev.stemma.web;

import dev.stemma.GuestVisit;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.jobs.JobProgress;
import dev.stemma.web.jobs.JobRequest;
import dev.stemma.web.jobs.JobState;
import dev.stemma.web.jobs.JobStore;
import dev.stemma.web.pages.CataloguePages;
import io.javalin.http.Context;
import io.javalin.http.UploadedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The same for programs: REST, described by {@code openapi.json}. */
final class ApiHandlers {
  private static final int MOST_BODY_BYTES = 64 << 10;
  private static final int LINES = 20;
  private static final int PAGE = 100;

  private final App app;
  private final JobHandlers pages;

  ApiHandlers(App app, JobHandlers pages) {
    this.app = app;
    this.pages = pages;
  }

  static void answer(Context context, int status, JsonNode json) {
    context.status(status).contentType("application/json; charset=utf-8").result(json.toString());
  }

  private static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  /** The document that describes all of it. */
  static String openapi() {
    try (InputStream in =
        Objects.requireNonNull(ApiHandlers.class.getResourceAsStream("openapi.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void openapi(Context context) {
    context.contentType("application/json; charset=utf-8").result(openapi());
  }

  private JsonNode body(Context context) {
    app.asked(context).checkProgram();
    String type = String.valueOf(context.contentType());
    if (!type.startsWith("application/json")) {
      throw new Refusal(415, "Send JSON with Content-Type: application/json.");
    }
    if (context.req().getContentLengthLong() > MOST_BODY_BYTES) {
      throw new Refusal(413, "The request is too large.");
    }
    try {
      byte[] bytes = context.req().getInputStream().readNBytes(MOST_BODY_BYTES + 1);
      if (bytes.length > MOST_BODY_BYTES) {
        throw new Refusal(413, "The request is too large.");
      }
      JsonNode body = JsonMapper.shared().readTree(bytes);
      if (body.isObject()) {
        return body;
      }
    } catch (IOException | tools.jackson.core.JacksonException e) {
      // Said below.
    }
    throw new Refusal(400, "The body is not a JSON object.");
  }

  private static List<String> strings(JsonNode body, String name) {
    JsonNode array = body.path(name);
    List<String> texts = new ArrayList<>();
    if (!array.isMissingNode() && !array.isNull()) {
      if (!array.isArray() || array.size() > 100) {
        throw new Refusal(400, name + " must be an array of at most 100 texts.");
      }
      for (JsonNode item : array) {
        if (!item.isString()) {
          throw new Refusal(400, name + " must be an array of texts.");
        }
        texts.add(item.stringValue().strip());
      }
    }
    return texts;
  }

  void add(Context context) {
    JsonNode body = body(context);
    JobRequest request =
        new JobRequest(
            JobRequest.Kind.of(body.path("kind").asString("compare")),
            strings(body, "models"),
            strings(body, "controls"),
            strings(body, "candidates"),
            body.path("thorough").asBoolean(false));
    answer(context, 202, json(app.jobs().add(request, app.asked(context).client())));
  }

  private ObjectNode json(Job job) {
    ObjectNode json = object();
    json.put("id", job.id());
    json.put("kind", job.request().kind().key());
    json.put("title", job.title());
    json.put("state", job.state().key());
    json.put("created", job.created().toString());
    json.put("started", job.started() == null ? null : job.started().toString());
    json.put("finished", job.finished() == null ? null : job.finished().toString());
    job.request().models().forEach(json.putArray("models")::add);
    job.request().controls().forEach(json.putArray("controls")::add);
    job.request().candidates().forEach(json.putArray("candidates")::add);
    json.put("thorough", job.request().thorough());
    json.put("relation", job.relation());
    String problem = job.problem();
    json.set("error", problem == null ? null : JsonMapper.shared().readTree(problem));
    String share = job.share();
    json.put("shared", share == null ? null : "/shared/" + share);
    return json;
  }

  /** How far a job is. */
  static ObjectNode progress(JobState state, JobProgress.Seen seen) {
    ObjectNode json = object();
    json.put("state", state.key());
    json.put("steps", seen.steps());
    json.put("ended", seen.ended());
    ArrayNode last = json.putArray("last");
    for (JobProgress.Line line : seen.last()) {
      last.addObject()
          .put("what", line.what())
          .put("done", line.done())
          .put("total", line.total())
          .put("over", line.isOver());
    }
    return json;
  }

  private Job job(Context context) {
    return app.jobs().find(context.pathParam("id"));
  }

  void list(Context context) {
    String before = app.asked(context).query("before");
    ArrayNode jobs = object().putArray("jobs");
    List<Job> found =
        app.jobs().store().newest(PAGE, before.matches("[0-9]{1,15}") ? Long.parseLong(before) : 0);
    found.forEach(job -> jobs.add(json(job)));
    ObjectNode json = object();
    json.set("jobs", jobs);
    if (found.size() == PAGE) {
      json.put("next", found.getLast().number());
    } else {
      json.putNull("next");
    }
    answer(context, 200, json);
  }

  void show(Context context) {
    Job job = job(context);
    ObjectNode json = json(job);
    json.set("progress", progress(job.state(), app.jobs().seen(job, LINES)));
    app.jobs().store().documents(job.id()).forEach(json.putArray("documents")::add);
    answer(context, 200, json);
  }

  void cancel(Context context) {
    app.asked(context).checkProgram();
    Job job = job(context);
    app.jobs().cancel(job);
    answer(context, 200, json(app.jobs().find(job.id())));
  }

  void share(Context context) {
    app.asked(context).checkProgram();
    Job job = job(context);
    if (job.state() != JobState.DONE) {
      throw new Refusal(409, "Only a finished job can be shared.");
    }
    if (job.share() == null) {
      app.jobs().store().share(job.id(), JobStore.secret());
    }
    answer(context, 200, json(app.jobs().find(job.id())));
  }

  void unshare(Context context) {
    app.asked(context).checkProgram();
    Job job = job(context);
    app.jobs().store().share(job.id(), null);
    answer(context, 200, json(app.jobs().find(job.id())));
  }

  void delete(Context context) {
    app.asked(context).checkProgram();
    Job job = job(context);
    if (!app.jobs().store().delete(job.id())) {
      throw new Refusal(409, "Cancel it first, and wait until it has stopped.");
    }
    context.status(204);
  }

  void upload(Context context) {
    Asked asked = app.asked(context);
    asked.checkProgram();
    if (!String.valueOf(context.contentType()).startsWith("multipart/form-data")) {
      throw new Refusal(415, "Send the files as multipart/form-data.");
    }
    List<UploadedFile> files = context.uploadedFiles("files");
    Uploads.Upload kept = pages.keep(asked.field("name"), files);
    answer(
        context,
        201,
        object()
            .put("reference", GuestVisit.UPLOAD + kept.id())
            .put("name", kept.name())
            .put("files", kept.files())
            .put("bytes", kept.bytes()));
  }

  void catalogue(Context context) {
    Asked asked = app.asked(context);
    String from = asked.query("from");
    int first = from.matches("[0-9]{1,6}") ? Integer.parseInt(from) : 0;
    ObjectNode json = object();
    ArrayNode models = json.putArray("models");
    Integer size =
        app.catalogue(known -> {
          for (CatalogueEntry entry : known.page(asked.query("name"), first, PAGE)) {
            var shape = entry.fingerprint().shape();
            models
                .addObject()
                .put("reference", CataloguePages.reference(entry))
                .put("name", entry.name())
                .put("digest", entry.digest())
                .put("added", entry.added().toString())
                .put("family", shape.family())
                .put("parameters", shape.parameters())
                .put("layers", shape.layers());
          }
          return known.size();
        });
    json.put("size", size == null ? 0 : size);
    answer(context, 200, json);
  }
}
