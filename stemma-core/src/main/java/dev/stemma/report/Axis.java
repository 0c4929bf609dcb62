package dev.stemma.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** One axis of a drawing: from values to pixels, with round tick values. */
record Axis(double low, double high, double from, double to) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};

  /** The axis over all finite values; a little wider where they are all the same. */
  static Axis over(DoubleStream values, double from, double to) {
    double[] finite = values.filter(Double::isFinite).sorted().toArray();
    if (finite.length == 0) {
      return new Axis(0, 1, from, to);
    }
    double low = finite[0];
    double high = finite[finite.length - 1];
    if (!(high - low > Math.abs(high) * 1e-9)) {
      double room = Math.max(Math.abs(high) * 0.1, 1e-9);
      return new Axis(low - room, high + room, from, to);
    }
    return new Axis(low, high, from, to);
  }

  /** The same axis that also shows another value. */
  Axis including(double value) {
    return new Axis(Math.min(low, value), Math.max(high, value), from, to);
  }

  double at(double value) {
    return from + (value - low) / (high - low) * (to - from);
  }

  /** Round values within the axis, about so many. */
  List<Double> ticks(int about) {
    double rough = (high - low) / Math.max(1, about);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power * 10;
    for (double factor : STEPS) {
      if (power * factor >= rough * 0.999) {
        step = power * factor;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (double index = Math.ceil(low / step - 1e-9);
        index * step <= high + step * 1e-6 && ticks.size() < 20;
        index++) {
      ticks.add(Math.rint(index * step / power * 100) * power / 100);
    }
    return ticks;
  }
}
