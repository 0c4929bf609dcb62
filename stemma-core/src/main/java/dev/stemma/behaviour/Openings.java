package dev.stemma.behaviour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bundled beginnings of sentences that a model is to continue. */
public final class Openings {
  private Openings() {}

  /**
   * One beginning.
   *
   * @param stem what its near relations share; they are no independent questions
   */
  public record Opening(String language, String stem, String text) {}

  /** All of them in their order, which mixes the languages. */
  public static List<Opening> all() {
    InputStream in = Openings.class.getResourceAsStream("probes/openings.jsonl");
    if (in == null) {
      throw new IllegalStateException("no probes/openings.jsonl");
    }
    List<Opening> all = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode json = JsonMapper.shared().readTree(line);
        String text = json.get("text").asString();
        all.add(
            new Opening(json.get("language").asString(), json.path("stem").asString(text), text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(all);
  }
}
