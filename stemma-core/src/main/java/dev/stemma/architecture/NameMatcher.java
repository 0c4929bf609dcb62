package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the template that a tensor's name belongs to, whatever words a checkpoint puts before it:
 * the end of the name is looked up with its numbers left out.
 */
final class NameMatcher {
  private static final int MAXIMUM_SEGMENTS = 24;
  private static final String LAYER = "${layer}";
  private static final String EXPERT = "${expert}";

  private final LayerStack stack;
  private final Map<String, List<Pattern>> patterns = new HashMap<>();

  /** Where in its stack a template stands. */
  enum Place {
    IN_LAYER,
    ROOTED,
    OUTSIDE
  }

  /**
   * A name that fits.
   *
   * @param layer -1 outside the layers
   * @param expert -1 where the name gives none
   * @param before what stands before the template's own name
   */
  record Match(TensorTemplate template, Place place, int layer, int expert, String before) {}

  private record Pattern(TensorTemplate template, Place place, List<String> segments) {}

  NameMatcher(LayerStack stack) {
    this.stack = stack;
    for (String layerName : stack.layerNames()) {
      stack.inLayer().forEach(template -> add(template, Place.IN_LAYER, layerName));
    }
    stack.rooted().forEach(template -> add(template, Place.ROOTED, ""));
    stack.outside().forEach(template -> add(template, Place.OUTSIDE, ""));
  }

  private void add(TensorTemplate template, Place place, String before) {
    for (String name : template.names()) {
      List<String> segments = List.of((before + name).split("\\.", -1));
      StringBuilder key = new StringBuilder();
      for (String segment : segments) {
        key.append('.').append(isNumber(segment) || segment.startsWith("${") ? "#" : segment);
      }
      patterns
          .computeIfAbsent(key.toString(), ignored -> new ArrayList<>())
          .add(new Pattern(template, place, segments));
    }
  }

  /** Everything that a name could be in this stack. */
  List<Match> matches(String name) {
    String[] segments = name.split("\\.", -1);
    if (segments.length > MAXIMUM_SEGMENTS) {
      return List.of();
    }
    List<Match> matches = new ArrayList<>();
    String key = "";
    for (int start = segments.length - 1; start >= 0; start--) {
      key = "." + (isNumber(segments[start]) ? "#" : segments[start]) + key;
      for (Pattern pattern : patterns.getOrDefault(key, List.of())) {
        Match match = match(pattern, segments, start);
        if (match != null) {
          matches.add(match);
        }
      }
    }
    return matches;
  }

  private @Nullable Match match(Pattern pattern, String[] segments, int start) {
    int layer = -1;
    int expert = -1;
    for (int i = 0; i < pattern.segments().size(); i++) {
      String wanted = pattern.segments().get(i);
      String found = segments[start + i];
      if (wanted.equals(LAYER)) {
        layer = Integer.parseInt(found);
      } else if (wanted.equals(EXPERT)) {
        expert = Integer.parseInt(found);
      } else if (!wanted.equals(found)) {
        return null;
      }
    }
    StringBuilder before = new StringBuilder();
    for (int i = 0; i < start; i++) {
      before.append(segments[i]).append('.');
    }
    String prefix = before.toString();
    for (String word : stack.notUnder()) {
      if (prefix.contains(word)) {
        return null;
      }
    }
    return new Match(pattern.template(), pattern.place(), layer, expert, prefix);
  }

  /** The words that this checkpoint puts where the stack's root is. */
  String root(Iterable<String> names) {
    Map<String, Integer> inLayers = new TreeMap<>();
    Map<String, Integer> rooted = new TreeMap<>();
    for (String name : names) {
      for (Match match : matches(name)) {
        switch (match.place()) {
          case IN_LAYER -> inLayers.merge(match.before(), 1, Integer::sum);
          case ROOTED -> rooted.merge(match.before(), 1, Integer::sum);
          case OUTSIDE -> {}
        }
      }
    }
    Map<String, Integer> votes = inLayers.isEmpty() ? rooted : inLayers;
    String best = stack.root();
    int most = 0;
    for (Map.Entry<String, Integer> vote : votes.entrySet()) {
      boolean better =
          vote.getValue() > most || (vote.getValue() == most && vote.getKey().equals(stack.root()));
      if (better) {
        best = vote.getKey();
        most = vote.getValue();
      }
    }
    return best;
  }

  /** Whether a match stands where it should, given the root found. */
  static boolean standsUnder(Match match, String root) {
    return switch (match.place()) {
      case IN_LAYER, ROOTED -> match.before().equals(root);
      case OUTSIDE ->
          match.before().isEmpty()
              || (root.startsWith(match.before()) && match.before().endsWith("."));
    };
  }

  static boolean isNumber(String segment) {
    if (segment.isEmpty() || segment.length() > 6) {
      return false;
    }
    for (int i = 0; i < segment.length(); i++) {
      if (segment.charAt(i) < '0' || segment.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
