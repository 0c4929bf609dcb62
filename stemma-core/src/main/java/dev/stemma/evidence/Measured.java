package dev.stemma.evidence;

import dev.stemma.artifact.Component;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A measurement with what is needed to weigh it.
 *
 * @param supports which way it points
 * @param statistic the headline figure
 * @param log10p base-10 logarithm of the p-value, corrected for the tests this analysis made; null
 *     where the score has none
 * @param basis whether the p-value is a theorem under its assumptions or a calibrated score
 * @param nullHypothesis in words
 * @param effect size between 0 (unrelated) and 1 (the same), null where it has none
 * @param values further named figures that the verdict's rules read
 * @param layerMap which layer of B corresponds to which of A, where this analysis finds one
 * @param controls the same statistic on control pairs
 * @param figures what to draw
 * @param caveats how it can be fooled, and what was left out
 */
public record Measured(
    String id,
    Component component,
    Supports supports,
    Statistic statistic,
    @Nullable Double log10p,
    Basis basis,
    String nullHypothesis,
    @Nullable Double effect,
    SortedMap<String, Double> values,
    @Nullable LayerMap layerMap,
    List<ControlValue> controls,
    List<Figure> figures,
    List<String> caveats)
    implements Evidence {
  /** Keeps the collections unmodifiable; a p-value is at most 1. */
  public Measured {
    values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
    controls = List.copyOf(controls);
    figures = List.copyOf(figures);
    caveats = List.copyOf(caveats);
    if (log10p != null && !(log10p <= 0)) {
      throw new IllegalArgumentException("log10 p must be at most 0: " + log10p);
    }
  }

  /** Which way a measurement points. */
  public enum Supports {
    DERIVATION,
    INDEPENDENCE,
    NEITHER
  }

  /** What a p-value rests on. */
  public enum Basis {
    EXACT,
    CALIBRATED
  }

  /** The headline figure: "agreeing neurons", 341 of 352. */
  public record Statistic(String name, double value, @Nullable Double of) implements Serializable {}

  /** The statistic on a pair with a control model. */
  public record ControlValue(String model, double value, @Nullable Double log10p)
      implements Serializable {}

  /** A value by name, or the given one. */
  public double value(String name, double otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** Starts building a measurement. */
  public static Builder of(String id, Component component) {
    return new Builder(id, component);
  }

  /** Collects a measurement's parts; what is not set is absent. */
  public static final class Builder {
    private final String id;
    private final Component component;
    private Supports supports = Supports.NEITHER;
    private Statistic statistic = new Statistic("none", 0, null);
    private @Nullable Double log10p;
    private Basis basis = Basis.CALIBRATED;
    private String nullHypothesis = "";
    private @Nullable Double effect;
    private final TreeMap<String, Double> values = new TreeMap<>();
    private @Nullable LayerMap layerMap;
    private List<ControlValue> controls = List.of();
    private List<Figure> figures = List.of();
    private List<String> caveats = List.of();

    private Builder(String id, Component component) {
      this.id = id;
      this.component = component;
    }

    /** Sets which way it points. */
    public Builder supports(Supports supports) {
      this.supports = supports;
      return this;
    }

    /** Sets the headline figure. */
    public Builder statistic(String name, double value, @Nullable Double of) {
      this.statistic = new Statistic(name, value, of);
      return this;
    }

    /** Sets the p-value, its basis and its null hypothesis. */
    public Builder pValue(double log10p, Basis basis, String nullHypothesis) {
      this.log10p = Math.min(0.0, log10p);
      this.basis = basis;
      this.nullHypothesis = nullHypothesis;
      return this;
    }

    /** Sets the null hypothesis of a score that has no p-value. */
    public Builder nullHypothesis(String nullHypothesis) {
      this.nullHypothesis = nullHypothesis;
      return this;
    }

    /** Sets the effect size, 0 to 1. */
    public Builder effect(double effect) {
      this.effect = effect;
      return this;
    }

    /** Adds a named figure for the rules. */
    public Builder value(String name, double value) {
      values.put(name, value);
      return this;
    }

    /** Adds named figures for the rules. */
    public Builder values(Map<String, Double> more) {
      values.putAll(more);
      return this;
    }

    /** Sets the layer map. */
    public Builder layerMap(LayerMap layerMap) {
      this.layerMap = layerMap;
      return this;
    }

    /** Sets the control pairs' values. */
    public Builder controls(List<ControlValue> controls) {
      this.controls = controls;
      return this;
    }

    /** Sets what to draw. */
    public Builder figures(Figure... figures) {
      this.figures = List.of(figures);
      return this;
    }

    /** Sets what to draw. */
    public Builder figures(List<Figure> figures) {
      this.figures = figures;
      return this;
    }

    /** Sets the caveats. */
    public Builder caveats(String... caveats) {
      this.caveats = List.of(caveats);
      return this;
    }

    /** Sets the caveats. */
    public Builder caveats(List<String> caveats) {
      this.caveats = caveats;
      return this;
    }

    /** Adds a caveat unless it is empty. */
    public Builder alsoCaveat(String caveat) {
      if (!caveat.isEmpty()) {
        this.caveats =
            java.util.stream.Stream.concat(caveats.stream(), java.util.stream.Stream.of(caveat))
                .toList();
      }
      return this;
    }

    /** The measurement. */
    public Measured build() {
      return new Measured(
          id,
          component,
          supports,
          statistic,
          log10p,
          basis,
          nullHypothesis,
          effect,
          values,
          layerMap,
          controls,
          figures,
          caveats);
    }
  }
}
