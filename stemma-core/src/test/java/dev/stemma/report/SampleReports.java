package dev.stemma.report;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reports as a comparison would make them, through the records' own constructors. */
final class SampleReports {
  static final int LAYERS = 60;
  private static final String DIGEST =
      "3f1d2a9be0c4475f8a6b11c0d92e7f53a4be6d0872c19f3e5d0a7b6c48e2f190";

  private SampleReports() {}

  /** Sixty layers up-scaled from forty-eight, several components, Korean names. */
  static Report large() {
    SplittableRandom random = new SplittableRandom(7);
    LayerMap map = upScaled();
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(
        Measured.of("weights.neuron-matching", Component.DECODER)
            .supports(Measured.Supports.DERIVATION)
            .statistic("agreeing neurons", 341, 352.0)
            .pValue(-744.2, Measured.Basis.EXACT, "uniform relative permutation of neurons")
            .effect(0.97)
            .value("layers.mapped", 58)
            .value("largest.share", 0.9688)
            .layerMap(map)
            .controls(
                List.of(
                    new Measured.ControlValue("독립 대조 모델", 1, -0.3),
                    new Measured.ControlValue("shuffled", 0, null)))
            .figures(heatMap(map, random), curves(random))
            .caveats("neurons that something outside the weights labels break the null hypothesis")
            .build());
    evidence.add(
        Measured.of("weights.similarity", Component.DECODER)
            .supports(Measured.Supports.DERIVATION)
            .statistic("median cosine above shuffled", 0.8231, null)
            .nullHypothesis("rows in another order give the same cosine")
            .effect(0.82)
            .figures(
                new Figure.Table(
                    "Weight similarity by part",
                    List.of("part", "cosine", "shuffled", "pearson"),
                    List.of(
                        List.of("q_proj", "0.91", "0.002", "0.91"),
                        List.of("input_layernorm", "0.998", "0.995", "0.31"))))
            .caveats("norm weights look alike in all models: their raw cosine is shown, not used")
            .build());
    evidence.add(
        Measured.of("weights.embedding-columns", Component.EMBEDDING)
            .supports(Measured.Supports.DERIVATION)
            .statistic("hidden dimensions at the same place", 4096, 4096.0)
            .pValue(-13019, Measured.Basis.EXACT, "uniform relative permutation of dimensions")
            .figures(scatter(random))
            .build());
    evidence.add(
        Measured.of("weights.neuron-matching", Component.VISION_ENCODER)
            .supports(Measured.Supports.NEITHER)
            .statistic("agreeing neurons", 1, 1280.0)
            .pValue(-0.12, Measured.Basis.EXACT, "uniform relative permutation of neurons")
            .build());
    evidence.add(
        Measured.of("tokenizer.vocabulary-overlap", Component.TOKENIZER)
            .statistic("share of A's tokens in B", 0.9987, null)
            .caveats("unrelated vocabularies share common words")
            .build());
    evidence.add(
        new NotApplicable(
            "weights.kept-dimensions", Component.DECODER, "both models are equally wide"));
    evidence.add(new Failed("weights.bit-equality", Component.PROJECTOR, "the file was truncated"));
    return new Report(
            "0.1.0",
            "stemma compare hf:example/base-48 ./한빛-60 --control 'maven:a:b:1' --report r.html",
            subject("hf:example/base-48", "base-48"),
            subject("./한빛-60", "한빛-60B-지시"),
            List.of(subject("maven:a:b:1", "독립 대조 모델")),
            List.of(),
            new Verdict(
                Relation.DERIVED,
                "The decoder of B comes from A or a model very near A (layers repeated).",
                "A model independent of both that shows the same sign (give it with --control), or"
                    + " proof that the two projects share units' numbers without sharing training.",
                components(map)),
            evidence,
            List.of(
                new Report.NotTested("behaviour.next-token", "no endpoint given"),
                new Report.NotTested("training-log", "no training log given")),
            new TreeMap<>(Map.of("exact.alarm.log10p", -6.0, "agreement.related", 0.1)))
        .at(Instant.parse("2026-01-15T09:30:00Z"));
  }

  private static List<ComponentVerdict> components(LayerMap map) {
    return List.of(
        verdict(Component.TOKENIZER, Relation.SHARED_ANCESTOR, List.of(), null, null, null),
        verdict(
            Component.EMBEDDING,
            Relation.DERIVED,
            List.of(Kind.VOCABULARY_EXTENDED),
            Parent.A,
            -13018.3,
            null),
        new ComponentVerdict(
            Component.DECODER,
            Relation.DERIVED,
            List.of(Kind.DEPTH_UP_SCALED, Kind.CONTINUED),
            Parent.A,
            -743.5,
            Measured.Basis.EXACT,
            List.of("weights.neuron-matching", "weights.similarity"),
            map,
            new TreeMap<>(Map.of("rank", 16, "coefficients", Map.of("hf:example/base-48", 0.7))),
            null),
        new ComponentVerdict(
            Component.VISION_ENCODER,
            Relation.NO_EVIDENCE,
            List.of(),
            null,
            -0.1,
            Measured.Basis.EXACT,
            List.of("weights.neuron-matching"),
            null,
            new TreeMap<>(),
            "A copy that keeps a tenth of one tested layer's direction would have been seen."));
  }

  static ComponentVerdict verdict(
      Component component,
      Relation relation,
      List<Kind> kinds,
      @Nullable Parent parent,
      @Nullable Double log10p,
      @Nullable String power) {
    return new ComponentVerdict(
        component,
        relation,
        kinds,
        parent,
        log10p,
        log10p == null ? Measured.Basis.CALIBRATED : Measured.Basis.EXACT,
        List.of(),
        null,
        new TreeMap<>(),
        power);
  }

  /** Every relation a component can have, one report each. */
  static Report of(Relation relation, @Nullable Parent parent) {
    return named("model-a", "model-b", relation, parent);
  }

  /** Names, notes and reasons as an attacker would choose them. */
  static Report hostile(String name) {
    Report plain = named(name, name, Relation.DERIVED, Parent.A);
    Report.Subject subject = new Report.Subject(name, name, DIGEST, name, -1, List.of(name));
    Measured measured =
        Measured.of("weights.neuron-matching", Component.DECODER)
            .statistic(name, Double.NaN, Double.NaN)
            .value(name, Double.POSITIVE_INFINITY)
            .nullHypothesis(name)
            .controls(List.of(new Measured.ControlValue(name, Double.NaN, null)))
            .caveats(name)
            .figures(
                new Figure.HeatMap(name, name, name, 0, 0, List.of(List.of(Double.NaN, 1.0))),
                new Figure.HeatMap(name, name, name, 0, 1, List.of()),
                new Figure.Curves(
                    name,
                    name,
                    name,
                    List.of(0.0, 1.0),
                    List.of(new Figure.Series(name, List.of(Double.NaN, Double.NaN)))),
                new Figure.Scatter(name, name, name, List.of(new Figure.Point(1, 1, name, name))),
                new Figure.Table(name, List.of(name), List.of(List.of(name))))
            .build();
    return new Report(
            plain.toolVersion(),
            name,
            subject,
            subject,
            List.of(subject),
            List.of(subject),
            plain.verdict(),
            List.of(
                measured,
                new NotApplicable(name, Component.DECODER, name),
                new Failed(name, Component.TOKENIZER, name)),
            List.of(new Report.NotTested(name, name)),
            new TreeMap<>(Map.of(name, Double.NaN)))
        .after(new Report.Searched(3, List.of(name)))
        .checking(List.of(new Report.Claim(name, Report.Claim.Outcome.SUPPORTED, List.of(name))));
  }

  private static Report named(String a, String b, Relation relation, @Nullable Parent parent) {
    return new Report(
        "0.1.0",
        "stemma compare a b",
        subject("./a", a),
        subject("./b", b),
        List.of(),
        List.of(),
        new Verdict(
            relation,
            "Summary.",
            "Change.",
            List.of(verdict(Component.DECODER, relation, List.of(), parent, null, "Power."))),
        List.of(),
        List.of(),
        new TreeMap<>());
  }

  private static Report.Subject subject(String reference, String name) {
    return new Report.Subject(
        reference, name, DIGEST, "solar_open", 102_650_000_000L, List.of("one shard of 42 read"));
  }

  private static LayerMap upScaled() {
    List<LayerMap.Link> links = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      if (layer != 30 && layer != 31) {
        links.add(new LayerMap.Link(layer < 36 ? layer : layer - 12, layer, 0.97));
      }
    }
    return new LayerMap(48, LAYERS, links);
  }

  private static Figure heatMap(LayerMap map, SplittableRandom random) {
    List<List<Double>> values = new ArrayList<>();
    for (int row = 0; row < LAYERS; row++) {
      int layer = row;
      int match =
          map.links().stream()
              .filter(link -> link.b() == layer)
              .mapToInt(LayerMap.Link::a)
              .findFirst()
              .orElse(-1);
      values.add(
          IntStream.range(0, LAYERS - 12)
              .mapToObj(column ->
                  layer >= 55
                      ? Double.NaN
                      : column == match ? 0.85 + random.nextDouble(0.14) : random.nextDouble(0.06))
              .toList());
    }
    return new Figure.HeatMap(
        "Share of agreeing neurons by pair of layers", "layer of B", "layer of A", 0, 1, values);
  }

  private static Figure curves(SplittableRandom random) {
    List<Double> x = IntStream.range(0, LAYERS).mapToObj(layer -> (double) layer).toList();
    return new Figure.Curves(
        "Agreement by layer",
        "layer of B",
        "share of neurons",
        x,
        List.of(
            new Figure.Series(
                "A and B",
                x.stream().map(at -> at == 30 || at == 31 ? Double.NaN : 0.97 - at / 600).toList()),
            new Figure.Series(
                "attention",
                x.stream().map(at -> 0.7 - at / 400 + random.nextDouble(0.05)).toList()),
            new Figure.Series(
                "control: 독립 대조 모델", x.stream().map(at -> random.nextDouble(0.01)).toList())));
  }

  private static Figure scatter(SplittableRandom random) {
    List<Figure.Point> points = new ArrayList<>();
    for (int index = 0; index < 18; index++) {
      String group = List.of("subject", "candidate", "control").get(index % 3);
      points.add(
          new Figure.Point(
              random.nextDouble() + index % 3, random.nextDouble(), group, "L" + index));
    }
    return new Figure.Scatter(
        "Weights in one plane", "first component", "second component", points);
  }
}
