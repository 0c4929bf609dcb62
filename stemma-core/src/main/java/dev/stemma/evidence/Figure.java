package dev.stemma.evidence;

import java.io.Serializable;
import java.util.List;

/**
 * Something to draw. Every report format draws all kinds, so that an analysis never touches a
 * report.
 */
public sealed interface Figure extends Serializable {
  /** Name of a curve that stands alone in its figure: control pairs' curves are drawn beside it. */
  String PAIR = "the pair";

  /** One line above the drawing. */
  String title();

  /** Values by row and column, drawn between low and high; NaN is "not tested". */
  record HeatMap(
      String title,
      String rowLabel,
      String columnLabel,
      double low,
      double high,
      List<List<Double>> values)
      implements Figure {}

  /** Curves over a common x axis; NaN breaks a curve. */
  record Curves(String title, String xLabel, String yLabel, List<Double> x, List<Series> series)
      implements Figure {}

  /** One named curve. */
  record Series(String name, List<Double> y) implements Serializable {}

  /** Points with a group each (the user's PCA, rank against rank). */
  record Scatter(String title, String xLabel, String yLabel, List<Point> points)
      implements Figure {}

  /** One point; the label may be empty. */
  record Point(double x, double y, String group, String label) implements Serializable {}

  /** Two sets and what they have in common, as circles of these areas. */
  record Sets(String title, String nameA, String nameB, long onlyA, long both, long onlyB)
      implements Figure {}

  /** Stacks of boxes side by side: layers of models, drawn from top to bottom. */
  record Stacks(String title, List<Stack> stacks) implements Figure {}

  /** One stack; every box has lines, the first of which is its head. */
  record Stack(String name, List<List<String>> boxes) implements Serializable {}

  /** Which MLP of a layer of b is which of a layer of a, a panel for each pair of layers. */
  record ExpertMap(String title, List<ExpertPanel> panels) implements Figure {}

  /** The MLPs of two layers by name (a number, "dense" or "shared"), and which belong together. */
  record ExpertPanel(int layerA, int layerB, List<String> a, List<String> b, List<ExpertLink> links)
      implements Serializable {}

  /** One correspondence by places in a panel's lists, with its strength, 0 to 1. */
  record ExpertLink(int a, int b, double strength) implements Serializable {}

  /** Rows under column heads. */
  record Table(String title, List<String> head, List<List<String>> rows) implements Figure {}
}
