package dev.stemma.web;

import dev.stemma.GuestVisit;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.web.jobs.Job;
import dev.stemma.web.jobs.JobProgress;
import dev.stemma.web.jobs.JobQueue;
import dev.stemma.web.jobs.JobRequest;
import dev.stemma.web.jobs.JobStore;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes jobs from clients, each no more than its share, and finds them again. */
final class Jobs {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final WebSettings settings;
  private final JobStore store;
  private final JobQueue queue;

  Jobs(WebSettings settings, JobStore store, JobQueue queue) {
    this.settings = settings;
    this.store = store;
    this.queue = queue;
  }

  JobStore store() {
    return store;
  }

  /**
   * Puts a request into the queue.
   *
   * @throws ArtifactException if one of its references may not be opened
   * @throws Refusal if the client or the server has enough to do
   */
  synchronized Job add(JobRequest request, String client) {
    WebSettings.Limits limits = settings.limits();
    GuestVisit visit = settings.access().visit();
    try {
      references(request).forEach(visit::admit);
    } catch (ArtifactException e) {
      throw visit.masked(e);
    }
    if (store.unfinished(client) >= limits.unfinishedJobs()
        || store.unfinished(null) >= limits.unfinishedJobsOfAll()) {
      throw new Refusal(429, "Too many comparisons wait; try again when some have ended.");
    }
    String title =
        request.models().stream()
            .map(reference -> name(visit, reference))
            .collect(Collectors.joining(" / "));
    Job job = store.add(request, title, client);
    queue.enqueue(job);
    return job;
  }

  private static String name(GuestVisit visit, String reference) {
    String name = visit.admit(reference).name();
    return name.isEmpty() ? GuestVisit.shortName(reference) : name;
  }

  /** Every reference; an adapter on its base is two of them. */
  private static List<String> references(JobRequest request) {
    return Stream.of(request.models(), request.controls(), request.candidates())
        .flatMap(List::stream)
        .flatMap(reference -> Stream.of(reference.split("\\+\\+", -1)))
        .map(part -> {
          int mark = part.lastIndexOf('#');
          return mark > 0 ? part.substring(0, mark) : part;
        })
        .toList();
  }

  /** The job of an id from an address. */
  Job find(String id) {
    return Optional.of(id)
        .filter(text -> ID.matcher(text).matches())
        .flatMap(store::find)
        .orElseThrow(() -> new Refusal(404, "There is no such job."));
  }

  /** The finished job that is shared under a secret. */
  Job shared(String secret) {
    return Optional.of(secret)
        .filter(text -> ID.matcher(text).matches())
        .flatMap(store::shared)
        .orElseThrow(() -> new Refusal(404, "There is no such report."));
  }

  /** How far a job is, as far as this process knows. */
  JobProgress.Seen seen(Job job, int lines) {
    return queue
        .progress(job.id())
        .map(progress -> progress.now(lines))
        .orElse(new JobProgress.Seen(0, 0, List.of(), job.state().isEnd()));
  }

  Optional<JobProgress> progress(Job job) {
    return queue.progress(job.id());
  }

  /** Stops a job. */
  boolean cancel(Job job) {
    return queue.cancel(job.id());
  }
}
