package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Printable;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import dev.stemma.verdict.Kind;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TreeExportsTest {
  private static final String HOSTILE =
      "x'\"];(,:)<text><script>alert(1)<b>&|`$#\u202e\u0000\n| --> n0";

  @TempDir Path folder;

  private static FamilyTree tree() {
    return new FamilyTree(
        List.of(
            new Node("base", null, Role.FOUNDER, null, List.of(), List.of(), 1),
            new Node("other's", null, Role.FOUNDER, null, List.of(), List.of(), 0.5),
            new Node(
                HOSTILE,
                "base",
                Role.CHILD,
                "base",
                List.of("other's"),
                List.of(Kind.MERGED, Kind.VOCABULARY_EXTENDED),
                0.995),
            new Node("copy", null, Role.UNDETERMINED, HOSTILE, List.of(), List.of(), 0.25)));
  }

  /** The parent of each node, by a reader of quoted labels and parentheses alone. */
  private static Map<String, String> readNewick(String text) {
    TreeMap<String, String> parents = new TreeMap<>();
    List<List<String>> open = new ArrayList<>(List.of(new ArrayList<>()));
    List<String> closed = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char character = text.charAt(at++);
      if (character == '(') {
        open.add(new ArrayList<>());
      } else if (character == ')') {
        closed = open.removeLast();
      } else if (character == '\'') {
        StringBuilder label = new StringBuilder();
        while (text.charAt(at) != '\'' || text.startsWith("''", at)) {
          at += text.charAt(at) == '\'' ? 1 : 0;
          label.append(text.charAt(at++));
        }
        at++;
        closed.forEach(child -> parents.put(child, label.toString()));
        closed = new ArrayList<>();
        open.getLast().add(label.toString());
      } else if (character == ';') {
        assertThat(open).hasSize(1);
        assertThat(open.getFirst()).hasSize(1);
        parents.put(open.getFirst().removeFirst(), "");
      } else {
        assertThat(character).isIn(',', '\n');
      }
    }
    return parents;
  }

  @Test
  void newickReadsBackWithEveryName() {
    String hostile = Printable.text(HOSTILE);
    assertThat(readNewick(TreeExports.newick(tree())))
        .isEqualTo(
            new TreeMap<>(
                java.util.Map.of("base", "", "other's", "", hostile, "base", "copy", hostile)));
  }

  @Test
  void graphMlIsWellFormedAndHasEveryEdge() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document =
        factory
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(TreeExports.graphMl(tree()))));
    assertThat(document.getElementsByTagName("node").getLength()).isEqualTo(4);
    List<String> edges = new ArrayList<>();
    var found = document.getElementsByTagName("edge");
    for (int index = 0; index < found.getLength(); index++) {
      Element edge = (Element) found.item(index);
      edges.add(
          edge.getAttribute("source")
              + " "
              + edge.getAttribute("target")
              + " "
              + edge.getElementsByTagName("data").item(0).getTextContent());
    }
    assertThat(edges).containsExactly("n0 n2 parent", "n1 n2 other-parent", "n2 n3 nearest");
    assertThat(document.getElementsByTagName("node").item(2).getTextContent())
        .contains(Printable.text(HOSTILE));
  }

  @Test
  void mermaidHasNoNameOutsideItsQuotes() {
    for (String line : TreeExports.mermaid(tree(), Texts.ENGLISH).lines().skip(1).toList()) {
      assertThat(line)
          .matches(
              "  n\\d+\\[\"[\\p{L}\\d _.,/:+#;-]+\"\\]"
                  + "|  n\\d+ (-->|-\\.-) (\\|\"[\\p{L}\\d _.,/:+#;-]+\"\\|)?n\\d+");
    }
  }

  @Test
  void jsonKeepsTheKeysOfTheContract() {
    JsonNode json = JsonMapper.shared().readTree(TreeExports.json(tree()).toString());
    assertThat(json.get("schema").asString()).isEqualTo("stemma.tree/1");
    JsonNode child = json.get("nodes").get(2);
    assertThat(child.get("model").asString()).isEqualTo(HOSTILE);
    assertThat(child.get("parent").asString()).isEqualTo("base");
    assertThat(child.get("role").asString()).isEqualTo("child");
    assertThat(child.get("otherParents").get(0).asString()).isEqualTo("other's");
    assertThat(child.get("kinds").get(1).asString()).isEqualTo("vocabulary-extended");
    assertThat(json.get("nodes").get(3).get("parent").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"svg", "html", "md"})
  void aHostileNameIsNoMarkup(String ending) throws Exception {
    for (String language : Texts.LANGUAGES) {
      Path file = folder.resolve("tree." + ending);
      TreeReports.write(tree(), file, Texts.of(language));
      assertThat(Files.readString(file))
          .doesNotContain("<script>alert", "\u202e", "\u0000")
          .contains("alert");
    }
  }

  @Test
  void svgIsWellFormedAndSaysTheTreeInWords() throws Exception {
    StringBuilder svg = new StringBuilder();
    TreeDrawing.write(tree(), Texts.ENGLISH, svg);
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg.toString())));
    assertThat(document.getDocumentElement().getAttribute("aria-label"))
        .contains("base (founder)", "copy (undetermined)", " from base");
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(4);
  }

  @Test
  void anUnknownEndingIsRefusedBeforeAnyWork() {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> TreeReports.check(Path.of("tree.doc")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining(".graphml");
  }
}
