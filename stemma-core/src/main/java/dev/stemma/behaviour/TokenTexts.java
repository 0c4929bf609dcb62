package dev.stemma.behaviour;

import dev.stemma.runtime.Pieces;
import dev.stemma.runtime.TextCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The texts of all tokens, each as it stands within a text. */
final class TokenTexts {
  private final String[] texts;
  private final Map<String, Integer> numbers;

  TokenTexts(TextCodec codec, int vocabulary) {
    List<Integer> start = codec.encode("a");
    Pieces pieces = new Pieces(codec);
    int any = start.isEmpty() ? 0 : start.getLast();
    pieces.add(any);
    pieces.add(any);
    texts = new String[vocabulary];
    for (int id = 0; id < vocabulary; id++) {
      texts[id] = pieces.instead(id);
    }
    numbers = unique(texts);
  }

  /** A token's text; empty where another token has the same, or it is no whole text. */
  String of(int id) {
    return numbers.getOrDefault(texts[id], -1) == id ? texts[id] : "";
  }

  /** Numbers by text, where a text belongs to one token alone and is whole. */
  Map<String, Integer> numbers() {
    return numbers;
  }

  private static Map<String, Integer> unique(String[] texts) {
    Map<String, Integer> numbers = new HashMap<>();
    Set<String> shared = new HashSet<>();
    for (int id = 0; id < texts.length; id++) {
      if (texts[id].isEmpty()
          || texts[id].indexOf('\uFFFD') >= 0
          || numbers.putIfAbsent(texts[id], id) != null) {
        shared.add(texts[id]);
      }
    }
    numbers.keySet().removeAll(shared);
    return numbers;
  }
}
