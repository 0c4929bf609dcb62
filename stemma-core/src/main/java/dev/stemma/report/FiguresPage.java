package dev.stemma.report;

import static dev.stemma.report.Html.element;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.evidence.Figure;
import dev.stemma.report.Html.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Figures under one title, without a verdict: the card of a model, configurations side by side.
 *
 * @param title its first heading
 * @param figures in reading order
 * @param sentences what to know besides, one line each
 * @param json the same as a JSON document
 */
public record FiguresPage(String title, List<Figure> figures, List<String> sentences, String json) {
  /** Keeps the lists unmodifiable. */
  public FiguresPage {
    figures = List.copyOf(figures);
    sentences = List.copyOf(sentences);
  }

  /**
   * Fails early, before any work, where a file's ending is none of {@code .html .md .json}.
   *
   * @throws ArtifactException if it is another
   */
  public static void check(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    boolean isKnown = name.endsWith(".html") || name.endsWith(".md") || name.endsWith(".json");
    if (!isKnown || name.endsWith(".cdx.json")) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          file.toString(),
          "report file",
          "a name ending in one of .html .md .json",
          name,
          "Choose the report's format by the file's ending, as in card.html.");
    }
  }

  /**
   * Writes it in the format of the file's name.
   *
   * @throws ArtifactException if it cannot be written
   */
  public void write(Path file, Texts texts) {
    check(file);
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    Reports.whole(
        file,
        out -> {
          if (name.endsWith(".html")) {
            html(out, texts);
          } else if (name.endsWith(".md")) {
            markdown(out, texts);
          } else {
            out.append(json).append('\n');
          }
        });
  }

  private void html(Appendable out, Texts texts) throws IOException {
    String policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    HtmlEvidence evidence = new HtmlEvidence(texts);
    Element main = element("main");
    figures.forEach(figure -> main.add(evidence.figure(figure)));
    Element list = element("ul");
    sentences.forEach(sentence -> list.add(element("li", texts.phrase(sentence))));
    main.add(list);
    Element head =
        element("head")
            .add(
                element("meta").with("charset", "utf-8"),
                element("meta")
                    .with("http-equiv", "Content-Security-Policy")
                    .with("content", policy),
                element("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1"),
                element("title", title + " – Stemma"),
                Html.resource("style", "report.css"));
    Element body =
        element("body")
            .add(
                element("header").add(element("h1", title)),
                main,
                element("footer")
                    .text(
                        texts.get("tool", ToolVersion.VERSION) + ". " + texts.get("note.offline")));
    out.append("<!DOCTYPE html>\n");
    element("html").with("lang", texts.language()).add(head, body).write(out);
    out.append('\n');
  }

  private void markdown(Appendable out, Texts texts) throws IOException {
    MarkdownReport.line(out, "# " + MarkdownReport.escaped(title));
    for (Figure figure : figures) {
      MarkdownReport.figure(out, figure, texts);
    }
    for (String sentence : sentences) {
      MarkdownReport.line(out, MarkdownReport.escaped(texts.phrase(sentence)));
    }
  }
}
