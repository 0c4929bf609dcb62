package dev.stemma.tree;

import dev.stemma.analysis.weights.MatrixSteps.Link;
import dev.stemma.analysis.weights.MatrixSteps.Step;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pairs that were compared before, one a line of a file: a tree that was interrupted goes on where
 * it was, and one more model costs its own pairs only. A line is found by both models' digests, the
 * program's version and the thresholds.
 */
public final class KinStore {
  /** Keeps nothing. */
  public static final KinStore NONE = new KinStore(null, "");

  private static final int LONGEST_FILE = 1 << 30;

  private final @Nullable Path file;
  private final String maker;
  private final Map<List<String>, JsonNode> known = new HashMap<>();

  private KinStore(@Nullable Path file, String version) {
    this.file = file;
    this.maker =
        version + "/" + Integer.toHexString(Thresholds.standard().values().toString().hashCode());
  }

  /** Reads what is there; a line that a killed program left unfinished is passed over. */
  public static KinStore open(Path file, String version) {
    KinStore store = new KinStore(file, version);
    try {
      if (Files.exists(file)) {
        if (Files.size(file) > LONGEST_FILE) {
          throw new IOException("more than " + LONGEST_FILE + " bytes");
        }
        boolean whole = true;
        for (String line : Files.readAllLines(file)) {
          whole = store.read(line);
        }
        if (!whole) {
          Files.writeString(file, "\n", StandardOpenOption.APPEND);
        }
      }
      return store;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private boolean read(String line) {
    try {
      JsonNode json = JsonMapper.shared().readTree(line);
      if (json.path("steps").isArray() && json.path("made").asString("").equals(maker)) {
        known.put(List.of(json.path("a").asString(""), json.path("b").asString("")), json);
      }
      return json.isObject() || line.isEmpty();
    } catch (JacksonException e) {
      return false;
    }
  }

  private static ArtifactException failed(Path file, IOException e) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        file.toString(),
        "",
        "a file of compared pairs that can be read and written",
        String.valueOf(e),
        "Name another one with --keep.",
        e);
  }

  /** What is known of two models that are numbers a and b of a tree now. */
  public Optional<Kin> find(int a, int b, String digestOfA, String digestOfB) {
    JsonNode json = known.get(List.of(digestOfA, digestOfB));
    try {
      return json == null ? Optional.empty() : Optional.of(kin(a, b, json));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Kin kin(int a, int b, JsonNode json) {
    List<Kind> kinds = new ArrayList<>();
    json.path("kinds").forEach(kind -> kinds.add(Kind.valueOf(kind.asString(""))));
    TreeMap<Link, Step> steps = new TreeMap<>();
    for (JsonNode step : json.path("steps")) {
      double[] values = new double[6];
      for (int i = 0; i < values.length; i++) {
        values[i] = Double.parseDouble(step.path(i + 2).asString(""));
      }
      steps.put(
          new Link(step.path(0).asString(""), step.path(1).asString("")),
          new Step(values[0], values[1], values[2], values[3], values[4], values[5]));
    }
    return new Kin(
        a,
        b,
        Relation.valueOf(json.path("relation").asString("")),
        kinds,
        Parent.valueOf(json.path("structure").asString("")),
        Parent.valueOf(json.path("vocabulary").asString("")),
        steps);
  }

  /** Keeps a pair, at once. */
  public void keep(Kin kin, String digestOfA, String digestOfB) {
    if (file == null) {
      return;
    }
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("made", maker).put("a", digestOfA).put("b", digestOfB);
    json.put("relation", kin.relation().name());
    json.put("structure", kin.structure().name());
    json.put("vocabulary", kin.vocabulary().name());
    ArrayNode kinds = json.putArray("kinds");
    kin.kinds().forEach(kind -> kinds.add(kind.name()));
    ArrayNode steps = json.putArray("steps");
    kin.steps()
        .forEach((link, step) -> {
          ArrayNode one = steps.addArray().add(link.a()).add(link.b());
          // As text: what is not a number has no other form in JSON.
          for (double value :
              new double[] {
                step.cosine(),
                step.growth(),
                step.keptOfA(),
                step.keptOfB(),
                step.flatOfA(),
                step.flatOfB()
              }) {
            one.add(Double.toString(value));
          }
        });
    try {
      Files.writeString(file, json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }
}
