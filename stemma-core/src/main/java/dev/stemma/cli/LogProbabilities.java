package dev.stemma.cli;

import dev.stemma.runtime.Pieces;
import dev.stemma.runtime.TextCodec;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The log-probabilities of a text's tokens in the shapes of the two APIs, gathered as they come.
 */
final class LogProbabilities {
  private final boolean chat;
  private final int alternatives;
  private final Pieces pieces;
  private int offset;

  private ArrayNode content = JsonMapper.shared().createArrayNode();
  private ArrayNode tokens = JsonMapper.shared().createArrayNode();
  private ArrayNode ids = JsonMapper.shared().createArrayNode();
  private ArrayNode chosen = JsonMapper.shared().createArrayNode();
  private ArrayNode top = JsonMapper.shared().createArrayNode();
  private ArrayNode offsets = JsonMapper.shared().createArrayNode();

  LogProbabilities(boolean chat, int alternatives, TextCodec codec) {
    this.chat = chat;
    this.alternatives = alternatives;
    this.pieces = new Pieces(codec);
  }

  /** Passes a token that is not shown. */
  void skip(int id) {
    pieces.add(id);
  }

  /** Adds a token; without logits (the first one) it has no probability. */
  void add(int id, float @Nullable [] logits) {
    String text = pieces.add(id);
    if (chat) {
      ObjectNode one = describe(content.addObject(), text, logits, id);
      ArrayNode others = one.putArray("top_logprobs");
      for (int other : likeliest(logits)) {
        describe(others.addObject(), other == id ? text : pieces.instead(other), logits, other);
      }
      return;
    }
    tokens.add(text);
    ids.add(id);
    offsets.add(offset);
    offset += text.length();
    if (logits == null) {
      chosen.addNull();
      top.addNull();
      return;
    }
    double logSum = logSum(logits);
    chosen.add(logits[id] - logSum);
    ObjectNode others = top.addObject();
    for (int other : likeliest(logits)) {
      String key = other == id ? text : pieces.instead(other);
      if (!others.has(key)) {
        others.put(key, logits[other] - logSum);
      }
    }
  }

  private static ObjectNode describe(
      ObjectNode node, String text, float @Nullable [] logits, int id) {
    node.put("token", text);
    if (logits == null) {
      node.putNull("logprob");
    } else {
      node.put("logprob", logits[id] - logSum(logits));
    }
    ArrayNode bytes = node.putArray("bytes");
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(one & 0xff);
    }
    return node;
  }

  /** What was gathered since the last time. */
  ObjectNode take() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    if (chat) {
      json.set("content", content);
      content = JsonMapper.shared().createArrayNode();
      return json;
    }
    json.set("tokens", tokens);
    json.set("token_logprobs", chosen);
    json.set("top_logprobs", top);
    json.set("text_offset", offsets);
    json.set("token_ids", ids);
    tokens = JsonMapper.shared().createArrayNode();
    chosen = JsonMapper.shared().createArrayNode();
    top = JsonMapper.shared().createArrayNode();
    offsets = JsonMapper.shared().createArrayNode();
    ids = JsonMapper.shared().createArrayNode();
    return json;
  }

  private int[] likeliest(float @Nullable [] logits) {
    if (logits == null) {
      return new int[0];
    }
    PriorityQueue<Integer> best =
        new PriorityQueue<>(
            Comparator.comparingDouble((Integer id) -> logits[id])
                .thenComparing(Comparator.reverseOrder()));
    for (int id = 0; id < logits.length; id++) {
      if (best.size() < alternatives) {
        best.add(id);
      } else if (alternatives > 0 && logits[id] > logits[best.element()]) {
        best.poll();
        best.add(id);
      }
    }
    int[] order = new int[best.size()];
    for (int i = order.length - 1; i >= 0; i--) {
      order[i] = best.remove();
    }
    return order;
  }

  private static double logSum(float[] logits) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - maximum);
    }
    return maximum + Math.log(sum);
  }
}
