package dev.stemma.cli;

import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A request for completions, checked.
 *
 * @param chat whether it came as messages
 * @param logprobs how many alternatives are wanted at each position; -1 for no log-probabilities
 */
record CompletionRequest(
    boolean chat,
    List<List<Integer>> prompts,
    TextGenerator.Wish wish,
    boolean echo,
    int logprobs,
    int choices,
    OptionalLong seed,
    boolean stream,
    boolean streamUsage) {
  private static final int MAXIMUM_LOGPROBS = 20;
  private static final int MAXIMUM_CHOICES = 64;
  private static final int MAXIMUM_PROMPTS = 256;
  private static final int MAXIMUM_STOPS = 16;
  private static final int USUAL_TOKENS = 16;

  /** A request that cannot be served; the message says why. */
  static final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String parameter;

    BadRequest(String parameter, String message) {
      super(message);
      this.parameter = parameter;
    }

    String parameter() {
      return parameter;
    }
  }

  static CompletionRequest completion(JsonNode json, LoadedModel model) {
    require(json.isObject(), "body", "the body is a JSON object");
    List<List<Integer>> prompts = new ArrayList<>();
    addPrompts(json.path("prompt"), model, prompts);
    int logprobs = json.path("logprobs").isNumber() ? whole(json, "logprobs", -1, 20) : -1;
    boolean echo = truth(json, "echo");
    return of(json, model, false, prompts, echo, logprobs, USUAL_TOKENS);
  }

  static CompletionRequest chat(JsonNode json, LoadedModel model) {
    require(json.isObject(), "body", "the body is a JSON object");
    JsonNode messages = json.path("messages");
    require(
        messages.isArray() && !messages.isEmpty(),
        "messages",
        "messages is a list of at least one");
    List<Map<String, Object>> list = new ArrayList<>();
    for (JsonNode message : messages) {
      require(
          message.isObject() && message.path("role").isString(),
          "messages",
          "each message is an object with a role");
      list.add(Json.map(message));
    }
    Map<String, Object> more = new HashMap<>();
    if (json.path("chat_template_kwargs").isObject()) {
      more.putAll(Json.map(json.get("chat_template_kwargs")));
    }
    if (json.path("tools").isArray()) {
      more.put("tools", Json.value(json.get("tools")));
    }
    int logprobs = truth(json, "logprobs") ? whole(json, "top_logprobs", 0, 20) : -1;
    List<List<Integer>> prompts = List.of(model.chat(list, more));
    int room = model.decoder().maximumPositions() - prompts.getFirst().size();
    return of(json, model, true, prompts, false, logprobs, Math.max(0, room));
  }

  private static CompletionRequest of(
      JsonNode json,
      LoadedModel model,
      boolean chat,
      List<List<Integer>> prompts,
      boolean echo,
      int logprobs,
      int usualTokens) {
    String key =
        json.path("max_completion_tokens").isNumber() ? "max_completion_tokens" : "max_tokens";
    boolean stated = json.path(key).isNumber();
    int tokens = whole(json, key, usualTokens, Integer.MAX_VALUE);
    int longest = prompts.stream().mapToInt(List::size).max().orElse(0);
    int positions = model.decoder().maximumPositions();
    checkPrompts(prompts, model);
    require(
        longest + (stated ? (long) tokens : 0) <= positions,
        key,
        "the model has "
            + positions
            + " positions; "
            + longest
            + " are in the prompt and "
            + tokens
            + " were asked for");
    require(logprobs <= MAXIMUM_LOGPROBS, "logprobs", "at most " + MAXIMUM_LOGPROBS);
    Sampling own = model.sampling();
    Sampling sampling;
    try {
      sampling =
          new Sampling(
              number(json, "repetition_penalty", own.repetitionPenalty()),
              number(json, "temperature", own.temperature() > 0 ? own.temperature() : 1),
              whole(json, "top_k", own.topK(), Integer.MAX_VALUE),
              number(json, "top_p", own.topP()),
              number(json, "min_p", own.minP()));
    } catch (IllegalArgumentException e) {
      throw new BadRequest("sampling", String.valueOf(e.getMessage()));
    }
    int choices = whole(json, "n", 1, MAXIMUM_CHOICES);
    require(choices >= 1, "n", "n is at least 1");
    OptionalLong seed =
        json.path("seed").isIntegralNumber()
            ? OptionalLong.of(json.get("seed").longValue())
            : OptionalLong.empty();
    return new CompletionRequest(
        chat,
        prompts,
        new TextGenerator.Wish(Math.min(tokens, positions - longest), sampling, stops(json)),
        echo,
        logprobs,
        choices,
        seed,
        truth(json, "stream"),
        json.path("stream_options").path("include_usage").asBoolean(false));
  }

  private static void addPrompts(JsonNode prompt, LoadedModel model, List<List<Integer>> prompts) {
    require(prompts.size() < MAXIMUM_PROMPTS, "prompt", "at most " + MAXIMUM_PROMPTS + " prompts");
    if (prompt.isString()) {
      prompts.add(model.requireCodec().encode(prompt.stringValue()));
    } else if (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isNumber()) {
      List<Integer> ids = new ArrayList<>();
      for (JsonNode id : prompt) {
        require(id.isInt(), "prompt", "token ids are whole numbers");
        ids.add(id.intValue());
      }
      prompts.add(ids);
    } else if (prompt.isArray() && !prompt.isEmpty()) {
      for (JsonNode one : prompt) {
        require(
            one.isString() || (one.isArray() && one.path(0).isNumber()),
            "prompt",
            "prompt is a text, a list of texts, ids, or lists of ids");
        addPrompts(one, model, prompts);
      }
    } else {
      throw new BadRequest("prompt", "prompt is a text, a list of texts, ids, or lists of ids");
    }
  }

  private static void checkPrompts(List<List<Integer>> prompts, LoadedModel model) {
    int positions = model.decoder().maximumPositions();
    int vocabulary = model.decoder().embedding().rows();
    for (List<Integer> ids : prompts) {
      require(
          !ids.isEmpty() && ids.size() <= positions,
          "prompt",
          "a prompt has 1 to " + positions + " tokens, not " + ids.size());
      for (int id : ids) {
        require(
            id >= 0 && id < vocabulary,
            "prompt",
            "token id " + id + " is outside the vocabulary of " + vocabulary);
      }
    }
  }

  private static List<String> stops(JsonNode json) {
    JsonNode stop = json.path("stop");
    List<String> stops = new ArrayList<>();
    if (stop.isString()) {
      stops.add(stop.stringValue());
    } else if (stop.isArray()) {
      for (JsonNode one : stop) {
        require(one.isString(), "stop", "stop is a text or a list of texts");
        stops.add(one.stringValue());
      }
    } else {
      require(missing(stop), "stop", "stop is a text or a list of texts");
    }
    require(stops.size() <= MAXIMUM_STOPS, "stop", "at most " + MAXIMUM_STOPS + " stop texts");
    return stops;
  }

  private static boolean missing(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static boolean truth(JsonNode json, String key) {
    JsonNode node = json.path(key);
    require(missing(node) || node.isBoolean(), key, key + " is true or false");
    return !missing(node) && node.booleanValue();
  }

  private static int whole(JsonNode json, String key, int otherwise, int most) {
    JsonNode node = json.path(key);
    if (missing(node)) {
      return otherwise;
    }
    require(node.isIntegralNumber(), key, key + " is a whole number");
    require(
        node.canConvertToInt() && node.intValue() >= 0 && node.intValue() <= most,
        key,
        key + " is from 0 to " + most);
    return node.intValue();
  }

  private static double number(JsonNode json, String key, double otherwise) {
    JsonNode node = json.path(key);
    require(missing(node) || node.isNumber(), key, key + " is a number");
    return missing(node) ? otherwise : node.doubleValue();
  }

  private static void require(boolean holds, String parameter, String message) {
    if (!holds) {
      throw new BadRequest(parameter, message);
    }
  }
}
