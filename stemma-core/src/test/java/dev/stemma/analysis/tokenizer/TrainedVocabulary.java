package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerBuilder;
import dev.stemma.artifact.TokenizerTraits;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Trains byte-level BPE vocabularies on texts: independent tokenizers whose truth is known. */
final class TrainedVocabulary {
  /** Ways in which real tokenizers cut text before merging. */
  enum Split {
    GPT2("'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),
    SHORT_DIGITS("[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s+"),
    SPACES(" ?[^ ]+| +");

    private final Pattern pattern;

    Split(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }
  }

  private record Pair(int left, int right) {}

  private record Candidate(Pair pair, long count) {}

  private final List<int[]> words = new ArrayList<>();
  private final List<Integer> counts = new ArrayList<>();
  private final Map<Pair, Long> pairs = new HashMap<>();
  private final Map<Pair, Set<Integer>> places = new HashMap<>();
  private final List<byte[]> tokens = new ArrayList<>();
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count)
              .reversed()
              .thenComparingInt(candidate -> candidate.pair().left())
              .thenComparingInt(candidate -> candidate.pair().right()));

  private TrainedVocabulary(List<String> texts, Split split) {
    Map<String, Integer> found = new LinkedHashMap<>();
    for (String text : texts) {
      var matcher = split.pattern.matcher(text);
      while (matcher.find()) {
        if (matcher.end() - matcher.start() <= 64) {
          found.merge(matcher.group(), 1, Integer::sum);
        }
      }
    }
    for (int value = 0; value < 256; value++) {
      tokens.add(new byte[] {(byte) value});
    }
    found.forEach((word, count) -> {
      byte[] bytes = word.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      int[] ids = new int[bytes.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = bytes[i] & 0xff;
      }
      words.add(ids);
      counts.add(count);
      count(words.size() - 1, 1);
    });
    pairs.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
  }

  /** A vocabulary of at most so many tokens, ranked by merge. */
  static Tokenizer of(List<String> texts, Split split, int size) {
    TrainedVocabulary training = new TrainedVocabulary(texts, split);
    while (training.tokens.size() < size && training.merge()) {}
    TokenizerBuilder builder = Tokenizer.builder();
    for (int id = 0; id < training.tokens.size(); id++) {
      builder.add(id, training.tokens.get(id), Role.TEXT);
    }
    return builder.build(Kind.BYTE_LEVEL_BPE, TokenizerTraits.NONE);
  }

  private boolean merge() {
    Candidate best = queue.poll();
    while (best != null && best.count() != pairs.getOrDefault(best.pair(), 0L)) {
      long now = pairs.getOrDefault(best.pair(), 0L);
      if (now > 1) {
        queue.add(new Candidate(best.pair(), now));
      }
      best = queue.poll();
    }
    if (best == null || best.count() < 2) {
      return false;
    }
    Pair pair = best.pair();
    int merged = tokens.size();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(tokens.get(pair.left()));
    bytes.writeBytes(tokens.get(pair.right()));
    tokens.add(bytes.toByteArray());
    Set<Pair> touched = new java.util.HashSet<>();
    for (int word : List.copyOf(places.getOrDefault(pair, Set.of()))) {
      count(word, -1);
      words.set(word, replaced(words.get(word), pair, merged));
      count(word, 1);
      int[] ids = words.get(word);
      for (int i = 0; i + 1 < ids.length; i++) {
        if (ids[i] == merged || ids[i + 1] == merged) {
          touched.add(new Pair(ids[i], ids[i + 1]));
        }
      }
    }
    pairs.remove(pair);
    places.remove(pair);
    touched.forEach(each -> queue.add(new Candidate(each, pairs.getOrDefault(each, 0L))));
    return true;
  }

  private void count(int word, int sign) {
    int[] ids = words.get(word);
    for (int i = 0; i + 1 < ids.length; i++) {
      Pair pair = new Pair(ids[i], ids[i + 1]);
      pairs.merge(pair, (long) sign * counts.get(word), Long::sum);
      if (sign > 0) {
        places.computeIfAbsent(pair, key -> new TreeSet<>()).add(word);
      }
    }
  }

  private static int[] replaced(int[] ids, Pair pair, int merged) {
    int[] kept = new int[ids.length];
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      if (i + 1 < ids.length && ids[i] == pair.left() && ids[i + 1] == pair.right()) {
        kept[count++] = merged;
        i++;
      } else {
        kept[count++] = ids[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }
}
