package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.evidence.Figure;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The drawing of layers. */
class StacksDrawingTest {
  private static final Figure.Stacks TWO =
      new Figure.Stacks(
          "two",
          List.of(
              new Figure.Stack("a <script>", List.of(List.of("norm"), List.of("attention", "q"))),
              new Figure.Stack("b", List.of(List.of("norm")))));

  @Test
  void itIsXmlWithABoxForEachPartAndNamesAreText() throws Exception {
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(StacksDrawing.svg(TWO))));
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
    assertThat(svg.getElementsByTagName("path").getLength()).isEqualTo(1);
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(svg.getDocumentElement().getTextContent()).contains("a <script>", "attention");
  }

  @Test
  void theSecondStackStandsRightOfTheFirst() {
    String svg = StacksDrawing.svg(TWO);
    assertThat(svg).contains("viewBox=\"0 0 520 ");
    assertThat(svg).contains("x=\"268\"");
  }

  @Test
  void itCanBeTold() {
    assertThat(StacksDrawing.words(TWO)).contains("norm -> attention; q");
  }
}
