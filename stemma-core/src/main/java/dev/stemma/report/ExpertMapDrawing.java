package dev.stemma.report;

import static dev.stemma.report.Html.styled;

import dev.stemma.evidence.Figure;
import dev.stemma.report.Html.Element;
import java.util.ArrayList;
import java.util.List;

/**
 * Which expert is which: for each pair of layers the MLPs of a above, those of b below, joined
 * where they belong together. Lines of experts that changed their number have another colour.
 */
final class ExpertMapDrawing {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 118;
  private static final int LEFT = 76;
  private static final int MOST_PANELS = 64;
  private static final int PANELS_IN_WORDS = 8;
  private static final int MOVED_IN_WORDS = 12;

  private final Texts texts;
  private final Figure.ExpertMap map;

  ExpertMapDrawing(Texts texts, Figure.ExpertMap map) {
    this.texts = texts;
    this.map = map;
  }

  List<Html.Node> draw() {
    List<Html.Node> nodes = new ArrayList<>();
    int shown = Math.min(MOST_PANELS, map.panels().size());
    for (Figure.ExpertPanel panel : map.panels().subList(0, shown)) {
      nodes.add(draw(panel));
      nodes.add(styled("p", "note", words(texts, panel)));
    }
    if (shown < map.panels().size()) {
      nodes.add(styled("p", "note", texts.get("label.first-rows", shown, map.panels().size())));
    }
    return nodes;
  }

  private Element draw(Figure.ExpertPanel panel) {
    Element svg =
        styled("svg", "expert-map")
            .with("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
            .with("role", "img")
            .with("aria-label", words(texts, panel));
    Axis a = places(panel.a().size());
    Axis b = places(panel.b().size());
    for (Figure.ExpertLink link : panel.links()) {
      String moved = kept(panel, link) ? "" : " moved";
      svg.add(
          styled("path", (link.strength() < 0.5 ? "link weak" : "link") + moved)
              .with(
                  "d",
                  "M"
                      + Html.number(a.at(link.a()))
                      + " 36V40L"
                      + Html.number(b.at(link.b()))
                      + " 78V82"));
    }
    row(svg, panel.a(), a, 30, 18, texts.get("figure.experts.of-a", panel.layerA()));
    row(svg, panel.b(), b, 88, 108, texts.get("figure.experts.of-b", panel.layerB()));
    return svg;
  }

  private static Axis places(int count) {
    return new Axis(-0.5, Math.max(1, count) - 0.5, LEFT, WIDTH - 8);
  }

  private void row(
      Element svg, List<String> names, Axis axis, int middle, int textAt, String label) {
    double size = Math.min(12, 0.7 * (WIDTH - LEFT - 8.0) / Math.max(1, names.size()));
    StringBuilder path = new StringBuilder();
    int every = Math.max(1, (names.size() + 11) / 12);
    for (int place = 0; place < names.size(); place++) {
      path.append('M').append(Html.number(axis.at(place) - size / 2)).append(' ');
      path.append(middle - 5).append('h').append(Html.number(size)).append("v10h");
      path.append(Html.number(-size)).append('z');
      if (place % every == 0) {
        svg.add(
            styled("text", "tick middle", name(texts, names.get(place)))
                .with("x", axis.at(place))
                .with("y", textAt));
      }
    }
    svg.add(styled("path", "layer").with("d", path.toString()));
    svg.add(styled("text", "label", label).with("x", 2).with("y", middle + 4));
  }

  private static boolean kept(Figure.ExpertPanel panel, Figure.ExpertLink link) {
    return panel.a().get(link.a()).equals(panel.b().get(link.b()));
  }

  private static String name(Texts texts, String name) {
    return name.equals("dense") || name.equals("shared")
        ? texts.get("figure.experts." + name)
        : name;
  }

  static String words(Texts texts, Figure.ExpertMap map) {
    int shown = Math.min(PANELS_IN_WORDS, map.panels().size());
    List<String> sentences = new ArrayList<>();
    for (Figure.ExpertPanel panel : map.panels().subList(0, shown)) {
      sentences.add(words(texts, panel));
    }
    if (shown < map.panels().size()) {
      sentences.add(texts.get("label.first-rows", shown, map.panels().size()));
    }
    return String.join(" ", sentences);
  }

  private static String words(Texts texts, Figure.ExpertPanel panel) {
    List<String> moved = new ArrayList<>();
    for (Figure.ExpertLink link : panel.links()) {
      if (!kept(panel, link)) {
        moved.add(
            texts.get(
                "figure.experts.pair",
                name(texts, panel.b().get(link.b())),
                name(texts, panel.a().get(link.a()))));
      }
    }
    int shown = Math.min(MOVED_IN_WORDS, moved.size());
    String list = String.join(", ", moved.subList(0, shown));
    String which =
        moved.isEmpty()
            ? ""
            : " "
                + texts.get(
                    shown < moved.size() ? "figure.experts.moved-some" : "figure.experts.moved",
                    list);
    return texts.get(
            "figure.experts.layer",
            panel.layerB(),
            panel.layerA(),
            panel.links().size(),
            panel.b().size(),
            panel.links().size() - moved.size())
        + which;
  }
}
