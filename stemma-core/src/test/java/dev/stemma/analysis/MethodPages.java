package dev.stemma.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a page a method from what stands over its class (question, statistic, null, how it is
 * fooled), its sources, its test, and its rows of the benchmark's page: a method is described once,
 * where it is programmed.
 */
final class MethodPages {
  private static final Path SOURCES = Path.of("src/main/java/dev/stemma/analysis");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern ID =
      Pattern.compile("static final String [A-Z_]+ =\\s*\"([a-z]+\\.[a-z-]+)\"");
  private static final Pattern COMMENT =
      Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public final class (\\w+)", Pattern.DOTALL);

  /** Begins a paragraph, wherever it stands. */
  private static final Pattern LEAD =
      Pattern.compile(
          "(?<=^|[.;?] )(Question|Statistic|Null hypothesis|Null|Paper|Fooled by|It can be"
              + " fooled|Calibrated|Source)(?:: | (?=ids))");

  private MethodPages() {}

  /** Page texts by file name, README.md among them. */
  static SortedMap<String, String> of(Path docs) throws IOException {
    List<String> bench = Files.readAllLines(docs.resolve("lineage-bench.md"));
    SortedMap<String, String> pages = new TreeMap<>();
    StringBuilder index =
        new StringBuilder(
            """
            # Methods

            One page a method: question, statistic, null hypothesis, how it is fooled, measured figures. Written from the comments
            over the programs and from [the benchmark](../lineage-bench.md); `-Dstemma.docs.write=true` on `MethodPagesTest` writes
            them anew. Others: [tokenizers, configurations](../families.md), [training logs](../training-logs.md),
            [fingerprints](../fingerprint.md), [behaviour](../behaviour-probes.md).

            | method | question |
            |---|---|
            """);
    List<Path> files;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    for (Path file : files) {
      String source = Files.readString(file);
      Matcher comment = COMMENT.matcher(source);
      List<String> ids = ID.matcher(source).results().map(found -> found.group(1)).toList();
      if (ids.isEmpty()
          || !comment.find()
          || !paragraphs(comment.group(1)).getFirst().endsWith("?")) {
        continue;
      }
      String name = comment.group(2);
      List<String> paragraphs = paragraphs(comment.group(1));
      StringBuilder page = new StringBuilder("# " + String.join(", ", ids) + "\n\n");
      paragraphs.forEach(paragraph -> page.append(paragraph).append("\n\n"));
      page.append(figures(bench, ids));
      page.append("Program: `stemma-core/").append(file).append("`");
      test(name)
          .ifPresent(test -> page.append("; its test: `stemma-core/").append(test).append("`"));
      page.append(".\n");
      String page1 = ids.getFirst() + ".md";
      pages.put(page1, page.toString());
      index.append("| [%s](%s) | %s |\n".formatted(ids.getFirst(), page1, question(paragraphs)));
    }
    pages.put("README.md", index.toString());
    return pages;
  }

  private static final Pattern BREAK = Pattern.compile("<p>|\n\\s*\n");

  private static List<String> paragraphs(String comment) {
    List<String> paragraphs = new ArrayList<>();
    for (String part : BREAK.split(comment.replaceAll("(?m)^\\s*\\* ?", ""), -1)) {
      String line =
          part.replaceAll("\\s+", " ")
              .replaceAll("\\{@(?:link|code|linkplain) #?([^}]*)}", "`$1`")
              .replaceAll("</?(?:ul|ol|li|pre|sub|sup|em|b)>", "")
              .replace("&gt;", ">")
              .replace("&lt;", "<")
              .strip();
      if (!line.isEmpty() && !line.startsWith("@")) {
        paragraphs.addAll(
            List.of(LEAD.matcher(line).replaceAll("\n**$1:** ").strip().split(" ?\n")));
      }
    }
    return paragraphs;
  }

  private static String question(List<String> paragraphs) {
    return paragraphs.getFirst().replaceFirst("^\\*\\*Question:\\*\\* ", "");
  }

  /** The rows that speak of these methods, each below its own table's head. */
  private static String figures(List<String> bench, List<String> ids) {
    StringBuilder text = new StringBuilder();
    List<String> head = new ArrayList<>();
    boolean begun = false;
    for (String line : bench) {
      if (!line.startsWith("|")) {
        head.clear();
        begun = false;
      } else if (head.size() < 2) {
        head.add(line);
      } else if (ids.stream().anyMatch(id -> line.startsWith("| " + id + " "))) {
        if (!begun) {
          text.append(text.isEmpty() ? "" : "\n").append(String.join("\n", head)).append('\n');
          begun = true;
        }
        text.append(line).append('\n');
      }
    }
    return text.isEmpty()
        ? "No row of its own in [the benchmark](../lineage-bench.md).\n\n"
        : "**Figures** ([what the columns mean](../lineage-bench.md))\n\n" + text + "\n";
  }

  private static java.util.Optional<Path> test(String name) throws IOException {
    try (Stream<Path> all = Files.walk(TESTS)) {
      return all.filter(file -> file.endsWith(name + "Test.java")).findFirst();
    }
  }
}
