package dev.stemma.web.jobs;

import dev.stemma.artifact.ArtifactException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What went wrong, as JSON: never a stack trace, never where this program lies. */
public final class JobProblem {
  private JobProblem() {}

  /** The keys of an error, as the command line prints them in one line. */
  public static String json(Throwable problem) {
    return node(problem).toString();
  }

  /** The same as a tree. */
  public static ObjectNode node(Throwable problem) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    if (problem instanceof ArtifactException known) {
      return json.put("code", known.code().name())
          .put("file", known.file())
          .put("place", known.place())
          .put("expected", known.expected())
          .put("found", known.found())
          .put("nextStep", known.nextStep());
    }
    boolean memory = problem instanceof OutOfMemoryError;
    return json.put("code", memory ? "OUT_OF_MEMORY" : "DEFECT")
        .put("file", "")
        .put("place", "")
        .put("expected", memory ? "enough memory for these models" : "no defect of ours")
        .put("found", memory ? "too little" : problem.getClass().getSimpleName())
        .put(
            "nextStep",
            memory
                ? "Ask the operator for more memory, or run stemma on a machine of your own."
                : "Please report it with the models that you compared.");
  }
}
