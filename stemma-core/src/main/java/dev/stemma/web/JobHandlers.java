package dev.stemma.web;

import dev.stemma.GuestVisit;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.jobs.JobRequest;
import dev.stemma.web.jobs.JobState;
import dev.stemma.web.jobs.JobStore;
import dev.stemma.web.pages.JobPage;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.UploadedFile;
import java.util.ArrayList;
import java.util.List;

/** What people do with jobs on pages. */
final class JobHandlers {
  private static final int LINES = 8;

  private final App app;
  private final ReportPages reports;

  JobHandlers(App app, ReportPages reports) {
    this.app = app;
    this.reports = reports;
  }

  /** A form of the first page. */
  void add(Context context) {
    Asked asked = app.asked(context);
    asked.checkForm();
    JobRequest.Kind kind = JobRequest.Kind.of(asked.field("kind"));
    List<String> models =
        switch (kind) {
          case COMPARE -> List.of(model(context, asked, "a"), model(context, asked, "b"));
          case VERIFY -> List.of(model(context, asked, "model"));
          case TREE -> asked.lines("models");
        };
    JobRequest request =
        new JobRequest(
            kind,
            models,
            asked.lines("controls"),
            asked.lines("candidates"),
            asked.field("thorough").equals("yes"));
    see(context, app.jobs().add(request, asked.client()));
  }

  /** The reference of a field, or the files beside it. */
  private String model(Context context, Asked asked, String field) {
    List<UploadedFile> files =
        context.uploadedFiles(field + "-files").stream()
            .filter(file -> !file.filename().isEmpty())
            .toList();
    String typed = asked.field(field);
    return files.isEmpty() ? typed : GuestVisit.UPLOAD + keep(typed, files).id();
  }

  Uploads.Upload keep(String label, List<UploadedFile> files) {
    List<Uploads.Incoming> incoming = new ArrayList<>();
    files.forEach(file -> incoming.add(new Uploads.Incoming(file.filename(), file.content())));
    return app.uploads().accept(label, incoming);
  }

  private static void see(Context context, Job job) {
    context.redirect("/jobs/" + job.id(), HttpStatus.SEE_OTHER);
  }

  private Job job(Context context) {
    return app.jobs().find(context.pathParam("id"));
  }

  /** A job: its report in place, once there is one. */
  void show(Context context) {
    Job job = job(context);
    if (job.state() == JobState.DONE) {
      reports.page(context, job, false);
    } else {
      context.html(
          JobPage.of(app.view(context, "/jobs/" + job.id()), job, app.jobs().seen(job, LINES)));
    }
  }

  void shared(Context context) {
    reports.page(context, app.jobs().shared(context.pathParam("secret")), true);
  }

  void cancel(Context context) {
    app.asked(context).checkForm();
    Job job = job(context);
    app.jobs().cancel(job);
    see(context, job);
  }

  void again(Context context) {
    Asked asked = app.asked(context);
    asked.checkForm();
    see(context, app.jobs().add(job(context).request(), asked.client()));
  }

  void delete(Context context) {
    app.asked(context).checkForm();
    app.jobs().store().delete(job(context).id());
    context.redirect("/jobs", HttpStatus.SEE_OTHER);
  }

  void sharePage(Context context) {
    Job job = job(context);
    if (job.state() != JobState.DONE) {
      throw new Refusal(404, "There is no report yet.");
    }
    context.html(
        JobPage.share(
            app.view(context, "/jobs/" + job.id() + "/share"),
            job,
            app.asked(context).origin(app.hosts())));
  }

  void share(Context context) {
    app.asked(context).checkForm();
    Job job = job(context);
    if (job.share() == null) {
      app.jobs().store().share(job.id(), JobStore.secret());
    }
    context.redirect("/jobs/" + job.id() + "/share", HttpStatus.SEE_OTHER);
  }

  void unshare(Context context) {
    app.asked(context).checkForm();
    Job job = job(context);
    app.jobs().store().share(job.id(), null);
    context.redirect("/jobs/" + job.id() + "/share", HttpStatus.SEE_OTHER);
  }
}
