package dev.stemma.notebook;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.ApiKey;
import dev.stemma.behaviour.Endpoint;
import dev.stemma.behaviour.ExchangeLog;
import dev.stemma.behaviour.OpenAiTarget;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Retries;
import dev.stemma.behaviour.Unanswered;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks a research provider that speaks OpenAI's API (Perplexity's does, and names its sources). */
public final class Research {
  private static final int MOST_TOKENS = 2048;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private Research() {}

  /**
   * Its answer; nothing but the question is sent.
   *
   * @param provider as {@code openai:BASE_URL#model}
   * @param environment where the key is, as for {@code stemma behave}
   * @throws ArtifactException if it does not answer
   */
  public static OwnAnswer.Found ask(
      String question, String provider, Map<String, String> environment) {
    Endpoint endpoint = Endpoint.parse(provider);
    try (OpenAiTarget target =
        new OpenAiTarget(
            endpoint,
            ApiKey.of(keys(environment), endpoint.base(), true),
            new OpenAiTarget.Manners(Retries.USUAL, TIMEOUT, 1))) {
      Answer answer = target.ask(Question.message(question, MOST_TOKENS), ExchangeLog.NONE);
      if (answer.text().isBlank()) {
        throw failed(provider, "an empty one");
      }
      return new OwnAnswer.Found(answer.text(), answer.citations());
    } catch (Unanswered e) {
      throw failed(provider, String.valueOf(e.getMessage()));
    }
  }

  /** Perplexity's own variable serves where ours is not set. */
  private static Map<String, String> keys(Map<String, String> environment) {
    Map<String, String> keys = new HashMap<>(environment);
    String own = environment.get("PERPLEXITY_API_KEY");
    if (own != null) {
      keys.putIfAbsent("STEMMA_API_KEY_API_PERPLEXITY_AI", own);
    }
    return keys;
  }

  private static ArtifactException failed(String provider, String found) {
    return new ArtifactException(
        ErrorCode.DOWNLOAD_FAILED,
        provider,
        "",
        "an answer",
        found,
        "Ask again later, or leave the provider out: --provider none.");
  }
}
