package dev.stemma.report;

import dev.stemma.evidence.LayerMap;
import java.util.ArrayList;
import java.util.List;

/** A layer map in one line: runs of layers that go on at an even step are written as ranges. */
final class LayerRanges {
  private LayerRanges() {}

  /** As in {@code B 0-5 = A 0,2,..10; B 6 = A 3}. */
  static String of(LayerMap map) {
    List<LayerMap.Link> links = map.links();
    List<String> runs = new ArrayList<>();
    int start = 0;
    while (start < links.size()) {
      int end = start + 1;
      int step = end < links.size() ? links.get(end).a() - links.get(start).a() : 0;
      while (end < links.size()
          && links.get(end).b() == links.get(end - 1).b() + 1
          && links.get(end).a() - links.get(end - 1).a() == step) {
        end++;
      }
      runs.add(run(links.get(start), links.get(end - 1), step));
      start = end;
    }
    return String.join("; ", runs);
  }

  private static String run(LayerMap.Link first, LayerMap.Link last, int step) {
    if (first.b() == last.b()) {
      return "B " + first.b() + " = A " + first.a();
    }
    String left = "B " + first.b() + "-" + last.b();
    if (step == 0) {
      return left + " = A " + first.a();
    }
    if (step == 1) {
      return left + " = A " + first.a() + "-" + last.a();
    }
    if (last.b() == first.b() + 1) {
      return left + " = A " + first.a() + "," + last.a();
    }
    return left + " = A " + first.a() + "," + (first.a() + step) + ",.." + last.a();
  }

  /** In words: identity in one phrase, else how many and which. */
  static String sentence(Texts texts, LayerMap map) {
    if (map.isIdentity() && map.layersOfA() > 0) {
      return texts.get("note.layers-identity", map.layersOfA() - 1);
    }
    long mapped = map.links().stream().mapToInt(LayerMap.Link::b).distinct().count();
    String count = texts.get("note.layers-count", mapped, map.layersOfB());
    return map.links().isEmpty() ? count : count + ": " + of(map);
  }
}
