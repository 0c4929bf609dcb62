package dev.stemma.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A tree of HTML or SVG elements. Text and attribute values are escaped when written and there is
 * no way to add markup as text, so nothing that a file named can become markup; the only raw
 * content is that of the style and script files in this program's own resources.
 */
public final class Html {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9:-]*");
  private static final Set<String> VOID = Set.of("meta", "br", "hr", "link", "input");

  private Html() {}

  /** A piece of a page. */
  public sealed interface Node {
    /** Writes it as markup. */
    void write(Appendable out) throws IOException;
  }

  /** An element with children. */
  public static final class Element implements Node {
    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Node> children = new ArrayList<>();

    private Element(String name) {
      this.name = checked(name);
    }

    /** Sets an attribute. Event handlers and links that leave the page are refused. */
    public Element with(String attribute, Object value) {
      String text = value instanceof Double number ? number(number) : String.valueOf(value);
      boolean leaves = attribute.endsWith("href") && !text.startsWith("#");
      if (attribute.startsWith("on")
          || attribute.equals("src")
          || attribute.endsWith("action")
          || leaves) {
        throw new IllegalArgumentException(attribute + " is not allowed in a report");
      }
      attributes.put(checked(attribute), text);
      return this;
    }

    /**
     * Sets an attribute that leads to another page of the same site: a path from its root. Reports
     * have none; pages of the server do.
     */
    public Element to(String attribute, String path) {
      boolean known = List.of("href", "src", "action").contains(attribute);
      if (!known || !path.startsWith("/") || path.startsWith("//") || path.contains("\\")) {
        throw new IllegalArgumentException(attribute + " to " + path);
      }
      attributes.put(attribute, path);
      return this;
    }

    /** Adds children. */
    public Element add(Node... nodes) {
      children.addAll(List.of(nodes));
      return this;
    }

    /** Adds children. */
    public Element add(List<? extends Node> nodes) {
      children.addAll(nodes);
      return this;
    }

    /** Adds text, which is escaped. */
    public Element text(String text) {
      children.add(new Text(text));
      return this;
    }

    @Override
    public void write(Appendable out) throws IOException {
      out.append('<').append(name);
      for (Map.Entry<String, String> attribute : attributes.entrySet()) {
        out.append(' ').append(attribute.getKey()).append("=\"");
        escape(Keys.printable(attribute.getValue()), out);
        out.append('"');
      }
      out.append('>');
      if (VOID.contains(name)) {
        return;
      }
      for (Node child : children) {
        child.write(out);
      }
      out.append("</").append(name).append('>');
    }
  }

  /** Text; escaped, and without characters that could deceive. */
  private record Text(String text) implements Node {
    @Override
    public void write(Appendable out) throws IOException {
      escape(Keys.printable(text), out);
    }
  }

  /** A style or script of ours. */
  private record Raw(String resource) implements Node {
    @Override
    public void write(Appendable out) throws IOException {
      out.append(Html.resource(resource));
    }
  }

  /** An empty element. */
  public static Element element(String name) {
    return new Element(name);
  }

  /** An element with text. */
  public static Element element(String name, String text) {
    return new Element(name).text(text);
  }

  /** An empty element of a style class. */
  public static Element styled(String name, String styleClass) {
    return new Element(name).with("class", styleClass);
  }

  /** An element of a style class, with text. */
  public static Element styled(String name, String styleClass, String text) {
    return styled(name, styleClass).text(text);
  }

  /** A {@code style} or {@code script} element whose content is a resource of this package. */
  static Element resource(String name, String resource) {
    Element element = new Element(name);
    element.children.add(new Raw(resource));
    return element;
  }

  /** The content of a resource of this package. */
  public static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A coordinate with two digits at most. */
  static String number(double value) {
    double rounded = Math.rint(value * 100) / 100;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name: " + name);
    }
    return name;
  }

  private static void escape(String text, Appendable out) throws IOException {
    for (int index = 0; index < text.length(); index++) {
      char character = text.charAt(index);
      switch (character) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(character);
      }
    }
  }
}
