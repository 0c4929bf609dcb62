package dev.stemma.report;

import static dev.stemma.report.Html.element;

import dev.stemma.evidence.Figure;
import dev.stemma.report.Html.Element;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Layers as boxes from top to bottom, one model beside the other, as SVG. */
public final class StacksDrawing {
  private static final int CHARACTER_WIDTH = 7;
  private static final int LINE_HEIGHT = 16;
  private static final int MARGIN = 8;
  private static final int GAP = 14;
  private static final int LEAST_WIDTH = 260;
  private static final int HEAD = 26;

  private StacksDrawing() {}

  /** A picture that stands alone: a whole SVG file. */
  public static String svg(Figure.Stacks stacks) {
    StringBuilder out = new StringBuilder();
    try {
      draw(stacks).with("xmlns", "http://www.w3.org/2000/svg").write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append('\n').toString();
  }

  static Element draw(Figure.Stacks stacks) {
    List<Element> drawn = new ArrayList<>();
    int left = 0;
    int bottom = 0;
    for (Figure.Stack stack : stacks.stacks()) {
      int width = width(stack);
      bottom = Math.max(bottom, stack(drawn, stack, left, width));
      left += width;
    }
    return element("svg")
        .with("role", "img")
        .with("viewBox", "0 0 " + left + " " + bottom)
        .with("width", left)
        .with("style", "max-width:100%;height:auto")
        .with("aria-label", stacks.title())
        .add(element("title", stacks.title()))
        .add(drawn);
  }

  private static int stack(List<Element> drawn, Figure.Stack stack, int left, int width) {
    drawn.add(text(left + MARGIN, LINE_HEIGHT, stack.name(), true));
    int y = HEAD;
    for (int number = 0; number < stack.boxes().size(); number++) {
      List<String> box = stack.boxes().get(number);
      int height = box.size() * LINE_HEIGHT + 10;
      drawn.add(
          element("rect")
              .with("x", left + MARGIN)
              .with("y", y)
              .with("width", width - 2 * MARGIN)
              .with("height", height)
              .with("rx", 5)
              .with("fill", "none")
              .with("stroke", "currentColor"));
      for (int line = 0; line < box.size(); line++) {
        boolean isHead = line == 0 && box.size() > 1;
        drawn.add(
            text(left + 2 * MARGIN, y + LINE_HEIGHT + line * LINE_HEIGHT, box.get(line), isHead));
      }
      y += height;
      if (number + 1 < stack.boxes().size()) {
        drawn.add(arrow(left + width / 2, y));
        y += GAP;
      }
    }
    return y + MARGIN;
  }

  private static Element arrow(int x, int y) {
    int end = y + GAP;
    return element("path")
        .with("d", "M" + x + " " + y + "V" + end + "m-3 -4l3 4l3 -4")
        .with("fill", "none")
        .with("stroke", "currentColor");
  }

  private static Element text(int x, int y, String text, boolean isHead) {
    return element("text", text)
        .with("x", x)
        .with("y", y)
        .with("font-family", "monospace")
        .with("font-size", "11")
        .with("font-weight", isHead ? "bold" : "normal")
        .with("style", "white-space:pre")
        .with("fill", "currentColor");
  }

  private static int width(Figure.Stack stack) {
    int most = stack.name().length();
    for (List<String> box : stack.boxes()) {
      for (String line : box) {
        most = Math.max(most, line.length());
      }
    }
    return Math.max(LEAST_WIDTH, most * CHARACTER_WIDTH + 4 * MARGIN);
  }

  static String words(Figure.Stacks stacks) {
    List<String> words = new ArrayList<>();
    for (Figure.Stack stack : stacks.stacks()) {
      List<String> boxes = stack.boxes().stream().map(box -> String.join("; ", box)).toList();
      words.add(stack.name() + ": " + String.join(" -> ", boxes) + ".");
    }
    return String.join(" ", words);
  }
}
