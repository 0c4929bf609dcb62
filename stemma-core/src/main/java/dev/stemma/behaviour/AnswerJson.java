package dev.stemma.behaviour;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers as OpenAI's API writes them, both of its shapes. */
final class AnswerJson {
  private static final int MAXIMUM_CHOICES = 4096;
  private static final int MAXIMUM_CITATIONS = 100;

  private AnswerJson() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Answer read(JsonNode json) {
    JsonNode choices = json.path("choices");
    if (!choices.isArray() || choices.size() > MAXIMUM_CHOICES) {
      throw new IllegalArgumentException("no choices");
    }
    List<Answer.Choice> list = new ArrayList<>();
    for (JsonNode choice : choices) {
      JsonNode text = choice.has("message") ? choice.at("/message/content") : choice.path("text");
      list.add(new Answer.Choice(text.isString() ? text.stringValue() : "", tokens(choice)));
    }
    JsonNode usage = json.path("usage");
    return new Answer(
        list, count(usage, "prompt_tokens"), count(usage, "completion_tokens"), citations(json));
  }

  /** {@code citations} is a list of addresses; {@code search_results} one of objects with them. */
  private static List<String> citations(JsonNode json) {
    TreeSet<String> seen = new TreeSet<>();
    List<String> citations = new ArrayList<>();
    for (JsonNode list : List.of(json.path("citations"), json.path("search_results"))) {
      for (JsonNode one : list) {
        String address = one.isString() ? one.stringValue() : one.path("url").asString("");
        boolean web = address.startsWith("https://") || address.startsWith("http://");
        if (web && citations.size() < MAXIMUM_CITATIONS && seen.add(address)) {
          citations.add(address);
        }
      }
    }
    return citations;
  }

  private static int count(JsonNode usage, String key) {
    JsonNode node = usage.path(key);
    return node.canConvertToInt() && node.isIntegralNumber() ? Math.max(0, node.intValue()) : 0;
  }

  private static List<Answer.TokenChance> tokens(JsonNode choice) {
    List<Answer.TokenChance> tokens = new ArrayList<>();
    for (JsonNode position : choice.path("prompt_logprobs")) {
      tokens.add(ofPrompt(position));
    }
    JsonNode logprobs = choice.path("logprobs");
    if (logprobs.path("content").isArray()) {
      for (JsonNode one : logprobs.get("content")) {
        TreeMap<String, Double> top = new TreeMap<>();
        for (JsonNode other : one.path("top_logprobs")) {
          put(top, other.path("token").asString(""), other.path("logprob"));
        }
        tokens.add(
            new Answer.TokenChance(
                one.path("token").asString(""), number(one.path("logprob")), top));
      }
      return tokens;
    }
    JsonNode texts = logprobs.path("tokens");
    for (int i = 0; texts.isArray() && i < texts.size(); i++) {
      TreeMap<String, Double> top = new TreeMap<>();
      JsonNode others = logprobs.path("top_logprobs").path(i);
      if (others.isObject()) {
        others.properties().forEach(entry -> put(top, entry.getKey(), entry.getValue()));
      }
      tokens.add(
          new Answer.TokenChance(
              texts.get(i).asString(""), number(logprobs.path("token_logprobs").path(i)), top));
    }
    return tokens;
  }

  /** A position of vLLM's {@code prompt_logprobs}: the prompt's own token stands first. */
  private static Answer.TokenChance ofPrompt(JsonNode position) {
    String token = "";
    Double own = null;
    TreeMap<String, Double> top = new TreeMap<>();
    if (position.isObject()) {
      for (Map.Entry<String, JsonNode> entry : position.properties()) {
        String text = entry.getValue().path("decoded_token").asString(entry.getKey());
        Double logprob = number(entry.getValue().path("logprob"));
        if (top.isEmpty() && own == null) {
          token = text;
          own = logprob;
        }
        if (logprob != null) {
          top.put(text, logprob);
        }
      }
    }
    return new Answer.TokenChance(token, own, top);
  }

  private static void put(Map<String, Double> top, String token, JsonNode logprob) {
    Double value = number(logprob);
    if (value != null) {
      top.put(token, value);
    }
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() && Double.isFinite(node.doubleValue()) ? node.doubleValue() : null;
  }

  /** Writes one in the shape of completions. */
  static ObjectNode write(Answer answer) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ArrayNode choices = json.putArray("choices");
    for (Answer.Choice choice : answer.choices()) {
      ObjectNode one = choices.addObject().put("text", choice.text());
      if (!choice.tokens().isEmpty()) {
        ObjectNode logprobs = one.putObject("logprobs");
        ArrayNode tokens = logprobs.putArray("tokens");
        ArrayNode chances = logprobs.putArray("token_logprobs");
        ArrayNode tops = logprobs.putArray("top_logprobs");
        for (Answer.TokenChance token : choice.tokens()) {
          tokens.add(token.token());
          chances.add(token.logprob());
          ObjectNode top = tops.addObject();
          token.top().forEach(top::put);
        }
      }
    }
    json.putObject("usage")
        .put("prompt_tokens", answer.promptTokens())
        .put("completion_tokens", answer.completionTokens());
    return json;
  }
}
