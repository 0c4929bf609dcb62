package dev.stemma.web.jobs;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * What somebody wants to know.
 *
 * @param models two to compare, one to verify, two or more for a tree
 * @param controls believed independent of both
 * @param candidates further possible parents
 * @param thorough whether everything is read
 */
public record JobRequest(
    Kind kind,
    List<String> models,
    List<String> controls,
    List<String> candidates,
    boolean thorough) {
  /** Kinds of jobs. */
  public enum Kind {
    COMPARE("compare", 2, 2),
    VERIFY("verify", 1, 1),
    TREE("tree", 2, 12);

    private final String key;
    private final int least;
    private final int most;

    Kind(String key, int least, int most) {
      this.key = key;
      this.least = least;
      this.most = most;
    }

    /** The name in JSON and in addresses. */
    public String key() {
      return key;
    }

    /** The kind of a name. */
    public static Kind of(String key) {
      for (Kind kind : values()) {
        if (kind.key.equals(key)) {
          return kind;
        }
      }
      throw wrong("kind", "compare, verify or tree", key);
    }
  }

  private static final int MOST_BESIDE = 4;
  private static final int LONGEST_REFERENCE = 1000;

  /** Checks numbers and lengths; whether a model may be opened is asked later. */
  public JobRequest {
    models = List.copyOf(models);
    controls = List.copyOf(controls);
    candidates = List.copyOf(candidates);
    if (models.size() < kind.least || models.size() > kind.most) {
      throw wrong(
          "models",
          kind.least == kind.most
              ? kind.least + (kind.least == 1 ? " model" : " models")
              : kind.least + " to " + kind.most + " models",
          models.size() + "");
    }
    if (controls.size() > MOST_BESIDE || candidates.size() > MOST_BESIDE) {
      throw wrong(
          "controls, candidates",
          "at most " + MOST_BESIDE + " of each",
          controls.size() + " and " + candidates.size());
    }
    if (kind != Kind.COMPARE && !(controls.isEmpty() && candidates.isEmpty())) {
      throw wrong("controls, candidates", "none, but to compare", "some");
    }
    Set<String> seen = new HashSet<>();
    for (List<String> list : List.of(models, controls, candidates)) {
      for (String reference : list) {
        if (reference.isBlank() || reference.length() > LONGEST_REFERENCE) {
          throw wrong(
              "models",
              "references of 1 to " + LONGEST_REFERENCE + " characters",
              reference.length() + " characters");
        }
        if (kind == Kind.TREE && !seen.add(reference)) {
          throw wrong("models", "each model once", reference + " twice");
        }
      }
    }
  }

  private static ArtifactException wrong(String place, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT, "request", place, expected, found, "Correct the request.");
  }

  String json() {
    return JsonMapper.shared().writeValueAsString(this);
  }

  static JobRequest parse(String json) {
    return JsonMapper.shared().readValue(json, JobRequest.class);
  }
}
