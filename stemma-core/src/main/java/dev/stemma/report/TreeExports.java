package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.verdict.Kind;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A family tree in the formats of other programs; names are quoted or escaped as each asks. */
public final class TreeExports {
  private static final String GRAPHML = "http://graphml.graphdrawing.org/xmlns";

  private TreeExports() {}

  /** {@code stemma.tree/1}. */
  public static ObjectNode json(FamilyTree tree) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.tree/1");
    json.putObject("tool").put("version", ToolVersion.VERSION);
    ArrayNode nodes = json.putArray("nodes");
    for (Node node : tree.nodes()) {
      ObjectNode one = nodes.addObject();
      one.put("model", node.model());
      one.put("parent", node.parent());
      one.put("role", node.role().key());
      ArrayNode others = one.putArray("otherParents");
      node.otherParents().forEach(others::add);
      ArrayNode kinds = one.putArray("kinds");
      node.kinds().stream().map(Kind::key).forEach(kinds::add);
      one.put("confidence", node.confidence());
      one.put("nearest", node.nearest());
    }
    return json;
  }

  /** One tree a line. Newick has one parent a node: other parents are left out. */
  public static String newick(FamilyTree tree) {
    return tree.tops().stream().map(top -> newick(tree, top) + ";\n").collect(Collectors.joining());
  }

  private static String newick(FamilyTree tree, Node node) {
    List<Node> under = tree.under(node);
    String children =
        under.isEmpty()
            ? ""
            : under.stream()
                .map(child -> newick(tree, child))
                .collect(Collectors.joining(",", "(", ")"));
    return children + "'" + Printable.text(node.model()).replace("'", "''") + "'";
  }

  /** Every edge, with what it is, as GraphML. */
  public static String graphMl(FamilyTree tree) {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("graphml");
      xml.writeDefaultNamespace(GRAPHML);
      key(xml, "name", "node", "string");
      key(xml, "role", "node", "string");
      key(xml, "confidence", "node", "double");
      key(xml, "relation", "edge", "string");
      key(xml, "kinds", "edge", "string");
      xml.writeStartElement("graph");
      xml.writeAttribute("id", "tree");
      xml.writeAttribute("edgedefault", "directed");
      Map<String, String> ids = ids(tree);
      for (Node node : tree.nodes()) {
        xml.writeStartElement("node");
        xml.writeAttribute("id", id(ids, node.model()));
        data(xml, "name", Printable.text(node.model()));
        data(xml, "role", node.role().key());
        data(xml, "confidence", String.valueOf(node.confidence()));
        xml.writeEndElement();
      }
      for (Node node : tree.nodes()) {
        String kinds = node.kinds().stream().map(Kind::key).collect(Collectors.joining(" "));
        String relation = node.parent() == null ? "nearest" : "parent";
        edge(xml, ids, node.nearest(), node, relation, kinds);
        for (String other : node.otherParents()) {
          edge(xml, ids, other, node, "other-parent", kinds);
        }
      }
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return out.append('\n').toString();
  }

  private static void key(XMLStreamWriter xml, String id, String of, String type)
      throws XMLStreamException {
    xml.writeStartElement("key");
    xml.writeAttribute("id", id);
    xml.writeAttribute("for", of);
    xml.writeAttribute("attr.name", id);
    xml.writeAttribute("attr.type", type);
    xml.writeEndElement();
  }

  private static void data(XMLStreamWriter xml, String key, String value)
      throws XMLStreamException {
    xml.writeStartElement("data");
    xml.writeAttribute("key", key);
    xml.writeCharacters(value);
    xml.writeEndElement();
  }

  private static void edge(
      XMLStreamWriter xml,
      Map<String, String> ids,
      @Nullable String from,
      Node to,
      String relation,
      String kinds)
      throws XMLStreamException {
    if (from == null) {
      return;
    }
    xml.writeStartElement("edge");
    xml.writeAttribute("source", id(ids, from));
    xml.writeAttribute("target", id(ids, to.model()));
    xml.writeAttribute("directed", String.valueOf(!relation.equals("nearest")));
    data(xml, "relation", relation);
    data(xml, "kinds", kinds);
    xml.writeEndElement();
  }

  /** A Mermaid flowchart; open edges are dotted. */
  public static String mermaid(FamilyTree tree, Texts texts) {
    StringBuilder out = new StringBuilder("flowchart TD\n");
    Map<String, String> ids = ids(tree);
    TreeLabels labels = new TreeLabels(tree);
    for (Node node : tree.nodes()) {
      out.append("  ").append(id(ids, node.model())).append("[\"");
      out.append(mermaid(labels.of(node))).append("\"]\n");
    }
    for (Node node : tree.nodes()) {
      String kinds =
          node.kinds().isEmpty() ? "" : "|\"" + mermaid(texts.kinds(node.kinds())) + "\"|";
      String nearest = node.nearest();
      if (nearest != null) {
        out.append("  ").append(id(ids, nearest));
        out.append(node.parent() == null ? " -.- " : " --> ").append(kinds);
        out.append(id(ids, node.model())).append('\n');
      }
      for (String other : node.otherParents()) {
        out.append("  ").append(id(ids, other)).append(" --> ");
        out.append(id(ids, node.model())).append('\n');
      }
    }
    return out.toString();
  }

  /** Letters, digits and harmless marks; anything else as its number. */
  private static String mermaid(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(code -> {
          if (Character.isLetterOrDigit(code) || " -_.,/:+".indexOf(code) >= 0) {
            out.appendCodePoint(code);
          } else {
            out.append('#').append(code).append(';');
          }
        });
    return out.toString();
  }

  private static Map<String, String> ids(FamilyTree tree) {
    Map<String, String> ids = new HashMap<>();
    tree.nodes().forEach(node -> ids.put(node.model(), "n" + ids.size()));
    return ids;
  }

  private static String id(Map<String, String> ids, String model) {
    return ids.getOrDefault(model, "unknown");
  }
}
