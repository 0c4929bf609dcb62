package dev.stemma.behaviour;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One thing asked of a model.
 *
 * @param chat a user's message, put into the model's chat template; otherwise a text to continue
 * @param temperature 0 for the likeliest tokens
 * @param choices how many answers
 * @param seed null for none
 * @param logprobs alternatives wanted at each position; -1 for no log-probabilities
 * @param prompt how the log-probabilities of the prompt are asked for
 */
public record Question(
    boolean chat,
    String text,
    int maximumTokens,
    double temperature,
    int choices,
    @Nullable Long seed,
    int logprobs,
    OfPrompt prompt) {
  /** Ways to ask for the log-probabilities of a prompt. */
  public enum OfPrompt {
    /** They are not. */
    NONE,
    /** The prompt comes back before the answer (OpenAI's first interface, vLLM). */
    ECHO,
    /** They come apart, as vLLM's {@code prompt_logprobs}. */
    APART
  }

  /** The likeliest continuation of a text. */
  public static Question greedy(String text, int maximumTokens) {
    return new Question(false, text, maximumTokens, 0, 1, null, -1, OfPrompt.NONE);
  }

  /** Drawn continuations of a text. */
  public static Question sampled(String text, int maximumTokens, int choices, long seed) {
    return new Question(false, text, maximumTokens, 1, choices, seed, -1, OfPrompt.NONE);
  }

  /** A message, answered with the likeliest tokens. */
  public static Question message(String text, int maximumTokens) {
    return new Question(true, text, maximumTokens, 0, 1, null, -1, OfPrompt.NONE);
  }

  /** The same with so many log-probabilities at each position. */
  public Question withLogprobs(int number) {
    return new Question(chat, text, maximumTokens, temperature, choices, seed, number, prompt);
  }

  /** The same with the log-probabilities of the prompt. */
  public Question ofPrompt(OfPrompt how) {
    return new Question(chat, text, maximumTokens, temperature, choices, seed, logprobs, how);
  }

  /** A bound on the tokens that prompt and answers cost: no token is shorter than a byte. */
  public long tokensAtMost() {
    return (text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 16L)
        + (long) maximumTokens * choices;
  }

  /** The body of an OpenAI-compatible request. */
  public ObjectNode json(String model) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("model", model);
    if (chat) {
      json.putArray("messages").addObject().put("role", "user").put("content", text);
    } else {
      json.put("prompt", text);
    }
    json.put("max_tokens", maximumTokens).put("temperature", temperature);
    if (choices != 1) {
      json.put("n", choices);
    }
    if (seed != null) {
      json.put("seed", seed);
    }
    if (logprobs >= 0 && chat) {
      json.put("logprobs", true).put("top_logprobs", logprobs);
    } else if (logprobs >= 0) {
      json.put("logprobs", logprobs);
    }
    if (prompt == OfPrompt.ECHO) {
      json.put("echo", true);
    } else if (prompt == OfPrompt.APART) {
      json.put("prompt_logprobs", logprobs);
    }
    return json;
  }
}
