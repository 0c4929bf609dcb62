package dev.stemma.web.jobs;

import java.util.List;

/**
 * What a job found.
 *
 * @param title the models' names
 * @param relation of the verdict; empty where a job has none
 */
public record Outcome(String title, String relation, List<Document> documents) {
  /** Keeps the list unmodifiable. */
  public Outcome {
    documents = List.copyOf(documents);
  }
}
