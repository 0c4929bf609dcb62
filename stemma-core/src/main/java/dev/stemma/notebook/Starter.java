package dev.stemma.notebook;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.Reports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a notebook in a folder: the main file, the six topics, and what an agent client needs.
 * Files that are there stay as they are, but for what is missing in them.
 */
public final class Starter {
  private static final Path SETTINGS = Path.of(".claude", "settings.json");
  private static final Map<Path, String> FOR_AGENTS = forAgents();

  private Starter() {}

  private static Map<Path, String> forAgents() {
    Map<Path, String> files = new LinkedHashMap<>();
    Path client = Path.of(".claude");
    files.put(Path.of("CLAUDE.md"), "CLAUDE.md");
    for (String command : List.of("update-tutorial.md", "save.md", "commit-push.md")) {
      files.put(client.resolve("commands").resolve(command), command);
    }
    files.put(client.resolve("skills").resolve("stemma-notebook").resolve("SKILL.md"), "SKILL.md");
    return files;
  }

  /** What was done with each file. */
  public record Made(List<Path> made, List<Path> completed, List<Path> kept) {}

  /**
   * Makes what is missing.
   *
   * @param language en or ko
   * @param agents whether also what agent clients need
   * @throws ArtifactException if something cannot be written, or is there and cannot be completed
   */
  public static Made init(Path folder, String language, boolean agents) {
    Made made = new Made(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      Files.createDirectories(folder);
      try (FolderLock _ = FolderLock.of(folder)) {
        Words words = Words.of(language);
        main(folder, words, made);
        for (Topic topic : Topic.values()) {
          file(
              folder,
              topic.file(),
              template("topic_" + words.language() + ".md")
                  .replace("${title}", words.get("topic." + topic.key()))
                  .replace("${intro}", words.get("topic." + topic.key() + ".intro")),
              made);
        }
        if (agents) {
          for (Map.Entry<Path, String> file : FOR_AGENTS.entrySet()) {
            file(folder, file.getKey(), template(file.getValue()), made);
          }
          hooks(folder, made);
        }
      }
      Notebook.open(folder).sync();
    } catch (IOException e) {
      throw Notebook.cannotWrite(folder, e);
    }
    return made;
  }

  private static void main(Path folder, Words words, Made made) throws IOException {
    String text = template("README_" + words.language() + ".md");
    Path file = folder.resolve(Notebook.MAIN);
    if (!Files.exists(file)) {
      file(folder, Notebook.MAIN, text, made);
      return;
    }
    String old = Files.readString(file);
    if (!Page.of(Notebook.MAIN, old).markers().isEmpty()) {
      made.kept().add(Notebook.MAIN);
      return;
    }
    int from = text.lastIndexOf("\n## ", text.indexOf("STEMMA_INDEX")) + 1;
    Reports.whole(
        file,
        out -> out.append(old.stripTrailing()).append("\n\n").append(text, from, text.length()));
    made.completed().add(Notebook.MAIN);
  }

  private static void file(Path folder, Path name, String text, Made made) {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      made.kept().add(name);
    } else {
      Reports.whole(file, out -> out.append(text));
      made.made().add(name);
    }
  }

  /** The client's settings keep what they have and get the hooks that they lack. */
  private static void hooks(Path folder, Made made) throws IOException {
    String ours = template("settings.json");
    Path file = folder.resolve(SETTINGS);
    if (!Files.exists(file)) {
      file(folder, SETTINGS, ours, made);
      return;
    }
    ObjectNode settings = settings(file);
    boolean changed = false;
    for (Map.Entry<String, JsonNode> event :
        JsonMapper.shared().readTree(ours).get("hooks").properties()) {
      JsonNode hooks = settings.path("hooks");
      JsonNode there = hooks.path(event.getKey());
      boolean wrong =
          (!hooks.isMissingNode() && !hooks.isObject())
              || (!there.isMissingNode() && !there.isArray());
      if (wrong) {
        throw settingsWrong(file, "hooks of another form", null);
      }
      if (!there.toString().contains("stemma notebook")) {
        ArrayNode list =
            there instanceof ArrayNode array
                ? array
                : settings.withObject("/hooks").putArray(event.getKey());
        event.getValue().forEach(list::add);
        changed = true;
      }
    }
    if (changed) {
      Reports.whole(file, out -> out.append(settings.toPrettyString()).append('\n'));
    }
    (changed ? made.completed() : made.kept()).add(SETTINGS);
  }

  private static ObjectNode settings(Path file) throws IOException {
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
      if (json instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw settingsWrong(file, "text that is no JSON", e);
    }
    throw settingsWrong(file, "JSON that is no object", null);
  }

  private static ArtifactException settingsWrong(
      Path file, String found, @Nullable Exception cause) {
    return new ArtifactException(
        ErrorCode.MALFORMED_JSON,
        file.toString(),
        "hooks",
        "settings of an agent client",
        found,
        "Repair the file, or leave the hooks out with --no-agents.",
        cause);
  }

  private static String template(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Starter.class.getResourceAsStream("start/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
