package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.report.HtmlReport;
import dev.stemma.report.Report;
import dev.stemma.report.Texts;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a report of really trained models shows: controls beside, in one plane, in Korean too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportOfModelsTest {
  private Report report;

  @BeforeAll
  void compare() throws URISyntaxException {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      report =
          investigation.compare(
              new Investigation.Request(
                  bundled("alpha"),
                  bundled("sameinit"),
                  List.of(bundled("twin")),
                  List.of(),
                  Scope.PLANNED,
                  "test"));
    }
  }

  private static String bundled(String name) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(ReportOfModelsTest.class.getResource("/lineage/" + name))
                .toURI())
        .toString();
  }

  private Stream<Measured> measured() {
    return report.evidence().stream().filter(Measured.class::isInstance).map(Measured.class::cast);
  }

  private Stream<Figure> figures(Component component) {
    return measured()
        .filter(item -> item.component() == component)
        .flatMap(item -> item.figures().stream());
  }

  @Test
  void controlsAreDrawnLayerByLayer() {
    List<Figure.Curves> curves =
        figures(Component.DECODER)
            .filter(Figure.Curves.class::isInstance)
            .map(Figure.Curves.class::cast)
            .filter(figure -> figure.series().getFirst().name().equals(Figure.PAIR))
            .toList();
    assertThat(curves)
        .extracting(Figure.Curves::title)
        .contains(
            "All matrices of a layer",
            "Agreeing neurons by layer: the best of each layer",
            "Agreement of two matchings by layer: the best of each layer");
    for (Figure.Curves figure : curves) {
      assertThat(figure.series())
          .as(figure.title())
          .extracting(Figure.Series::name)
          .containsExactly(Figure.PAIR, "control: A / twin", "control: B / twin");
    }
  }

  @Test
  void bothModelsAndTheControlLieInOnePlane() {
    Figure.Scatter plane =
        figures(Component.DECODER)
            .filter(Figure.Scatter.class::isInstance)
            .map(Figure.Scatter.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(plane.points())
        .extracting(Figure.Point::group)
        .contains("A: alpha", "B: sameinit", "control: twin");
  }

  @Test
  void besideTheDocumentsRulesStandsTheStrongestTest() {
    Figure.Table rules =
        figures(Component.DECODER)
            .filter(Figure.Table.class::isInstance)
            .map(Figure.Table.class::cast)
            .filter(table -> table.title().startsWith("The documents' own rules"))
            .findFirst()
            .orElseThrow();
    Measured strongest =
        measured()
            .filter(item -> item.component() == Component.DECODER)
            .filter(item ->
                item.id().matches("weights\\.(neuron-.*|spectral-agreement)")
                    && item.log10p() != null)
            .min((one, other) -> Double.compare(p(one), p(other)))
            .orElseThrow();
    assertThat(rules.rows().getFirst().getLast()).startsWith(strongest.statistic().name() + ": ");
  }

  private static double p(Measured item) {
    return Objects.requireNonNull(item.log10p());
  }

  @Test
  void figuresSpeakKorean() {
    List<String> phrases = new ArrayList<>();
    measured()
        .filter(item -> item.component() != Component.ARCHITECTURE)
        .flatMap(item -> item.figures().stream())
        .forEach(figure -> {
          phrases.add(figure.title());
          switch (figure) {
            case Figure.HeatMap map -> phrases.addAll(List.of(map.rowLabel(), map.columnLabel()));
            case Figure.Curves curves -> {
              phrases.addAll(List.of(curves.xLabel(), curves.yLabel()));
              if (curves.series().getFirst().name().equals(Figure.PAIR)) {
                curves.series().forEach(series -> phrases.add(series.name()));
              }
            }
            case Figure.Scatter scatter ->
                phrases.addAll(List.of(scatter.xLabel(), scatter.yLabel()));
            case Figure.Table table ->
                table.head().stream()
                    .filter(head -> head.matches("[a-z ]{3,}"))
                    .forEach(phrases::add);
            case Figure.Sets sets -> assertThat(sets.title()).isNotBlank();
            case Figure.Stacks stacks -> assertThat(stacks.title()).isNotBlank();
            case Figure.ExpertMap map -> assertThat(map.title()).isNotBlank();
          }
        });
    Texts korean = Texts.of("ko");
    assertThat(phrases)
        .hasSizeGreaterThan(20)
        .allSatisfy(phrase -> assertThat(korean.speaks(korean.phrase(phrase))).as(phrase).isTrue());
  }

  @Test
  void thePageHasTreeAndRocCurve() throws IOException {
    StringBuilder page = new StringBuilder();
    new HtmlReport().write(report, page);
    assertThat(page)
        .contains("class=\"tree\"", "an ancestor that was not given", "(ROC): weights.");
  }
}
