package dev.stemma.report;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.evidence.Figure;
import dev.stemma.report.Html.Element;

/** Two sets as circles whose areas, and the area where they overlap, are in proportion. */
final class SetsDrawing {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 250;
  private static final double LARGEST_RADIUS = 92;

  private SetsDrawing() {}

  static Element of(Texts texts, Figure.Sets sets) {
    double sizeA = (double) sets.onlyA() + sets.both();
    double sizeB = (double) sets.onlyB() + sets.both();
    double largest = Math.max(1, Math.max(sizeA, sizeB));
    double radiusA = Math.max(3, LARGEST_RADIUS * Math.sqrt(sizeA / largest));
    double radiusB = Math.max(3, LARGEST_RADIUS * Math.sqrt(sizeB / largest));
    double wanted = Math.PI * LARGEST_RADIUS * LARGEST_RADIUS * sets.both() / largest;
    double apart = distance(radiusA, radiusB, wanted);
    double left = Math.min(-radiusA, apart - radiusB);
    double right = Math.max(radiusA, apart + radiusB);
    double middleA = WIDTH / 2 - (left + right) / 2;
    double middleY = LARGEST_RADIUS + 8;
    Element svg =
        styled("svg", "plot")
            .with("viewBox", "0 0 " + Html.number(WIDTH) + " " + Html.number(HEIGHT))
            .with("role", "img")
            .with("aria-label", texts.phrase(sets.title()) + ". " + FigureWords.of(texts, sets));
    svg.add(
        circle(middleA, middleY, radiusA, "s0"), circle(middleA + apart, middleY, radiusB, "s1"));
    svg.add(
        label(90, "end", texts.phrase(sets.nameA()), sizeA),
        label(WIDTH - 90, "end", texts.phrase(sets.nameB()), sizeB));
    Element words =
        styled("text", "label middle", FigureWords.of(texts, sets))
            .with("x", WIDTH / 2)
            .with("y", HEIGHT - 16);
    svg.add(words);
    return element("div").add(svg);
  }

  private static Element circle(double x, double y, double radius, String style) {
    return styled("circle", "marker " + style)
        .with("cx", x)
        .with("cy", y)
        .with("r", radius)
        .with("fill-opacity", "0.25");
  }

  private static Element label(double x, String anchor, String name, double size) {
    return styled("text", "label " + anchor, name + ": " + Numbers.count(Math.round(size)))
        .with("x", x)
        .with("y", HEIGHT / 2 - 20);
  }

  /** How far the middles are apart for the circles to share this area, by bisection. */
  private static double distance(double a, double b, double area) {
    double near = Math.abs(a - b);
    double far = a + b;
    for (int i = 0; i < 60; i++) {
      double middle = (near + far) / 2;
      if (shared(a, b, middle) > area) {
        near = middle;
      } else {
        far = middle;
      }
    }
    return (near + far) / 2;
  }

  private static double shared(double a, double b, double apart) {
    if (apart <= Math.abs(a - b)) {
      return Math.PI * Math.min(a, b) * Math.min(a, b);
    }
    double cosA = Math.clamp((apart * apart + a * a - b * b) / (2 * apart * a), -1, 1);
    double cosB = Math.clamp((apart * apart + b * b - a * a) / (2 * apart * b), -1, 1);
    double angleA = 2 * Math.acos(cosA);
    double angleB = 2 * Math.acos(cosB);
    return (a * a * (angleA - Math.sin(angleA)) + b * b * (angleB - Math.sin(angleB))) / 2;
  }
}
