package dev.stemma.notebook;

import dev.stemma.artifact.ArtifactException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers a question from the tool's own data and, where one is configured, from a provider. */
public final class Asking {
  private Asking() {}

  /**
   * What came of it.
   *
   * @param markdown empty where nobody had an answer
   * @param problem why the provider did not answer, though it was asked
   */
  public record Result(String markdown, List<String> sources, @Nullable String problem) {
    /** Keeps the list unmodifiable. */
    public Result {
      sources = List.copyOf(sources);
    }
  }

  /**
   * Asks.
   *
   * @param provider as {@code openai:BASE_URL#model}; null for none
   * @throws ArtifactException if the provider fails and nothing else is known
   */
  public static Result ask(
      String question, Path folder, @Nullable String provider, Map<String, String> environment) {
    Words words = Words.ofText(question);
    Optional<OwnAnswer.Found> own = OwnAnswer.of(question, folder);
    if (provider == null) {
      return new Result(
          own.map(OwnAnswer.Found::markdown).orElse(""),
          own.map(OwnAnswer.Found::sources).orElse(List.of()),
          null);
    }
    OwnAnswer.Found other;
    try {
      other = Research.ask(question, provider, environment);
    } catch (ArtifactException e) {
      if (own.isEmpty()) {
        throw e;
      }
      return new Result(own.get().markdown(), own.get().sources(), e.getMessage());
    }
    List<String> blocks = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    own.ifPresent(found -> {
      blocks.add(words.get("answer.own"));
      blocks.add(found.markdown());
      sources.addAll(found.sources());
    });
    blocks.add(words.get("answer.provider", "`" + provider.replace('`', '\'') + "`"));
    blocks.add(String.join("\n", AnswerText.lines(other.markdown())));
    if (!other.sources().isEmpty()) {
      blocks.add("**" + words.get("answer.sources") + "**\n\n" + numbered(other.sources()));
    }
    sources.addAll(other.sources());
    return new Result(String.join("\n\n", blocks), sources, null);
  }

  private static String numbered(List<String> addresses) {
    List<String> lines = new ArrayList<>();
    for (String address : addresses) {
      lines.add((lines.size() + 1) + ". <" + address.replaceAll("[\\s<>]", "") + ">");
    }
    return lines.stream().collect(Collectors.joining("\n"));
  }
}
