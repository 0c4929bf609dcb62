package dev.stemma.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What follows from entries and reports: the index between its marks, the ticks of a checklist. */
final class Derived {
  private static final Pattern BEGIN = Pattern.compile("^<!--\\s*STEMMA_INDEX\\s*-->\\s*$");
  private static final Pattern END = Pattern.compile("^<!--\\s*/STEMMA_INDEX\\s*-->\\s*$");
  private static final Pattern ITEM =
      Pattern.compile("^(\\s*[-*] \\[)([ xX])(\\] )(.*?)( — `[^`]*`)?\\s*$");

  private record Check(Pattern text, List<String> ids) {}

  private static final List<Check> CHECKS = checks();

  private Derived() {}

  /** A page with its index and its ticks as they should be. */
  static Page of(Page page, List<Entry> entries, List<FolderReports.Found> reports) {
    return checklist(index(page, entries), reports);
  }

  private static Page index(Page page, List<Entry> entries) {
    Fences fences = new Fences();
    int begin = -1;
    for (int at = 0; at < page.lines().size(); at++) {
      String line = page.lines().get(at);
      if (fences.isCode(line)) {
        continue;
      }
      if (BEGIN.matcher(line).matches()) {
        begin = at;
      } else if (begin >= 0 && END.matcher(line).matches()) {
        return page.with(begin + 1, at, lines(page, entries));
      }
    }
    return page;
  }

  private static List<String> lines(Page page, List<Entry> entries) {
    Path main = Notebook.MAIN;
    List<Entry> listed =
        page.name().equals(main)
            ? entries
            : entries.stream()
                .filter(entry -> !entry.file().equals(page.name()))
                .filter(entry ->
                    QuestionRules.standard()
                        .topic(entry.question())
                        .map(topic -> topic.file().equals(page.name()))
                        .orElse(false))
                .toList();
    List<String> lines = new ArrayList<>();
    lines.add("");
    for (Entry entry : listed) {
      String file =
          entry.file().equals(page.name())
              ? ""
              : page.name().equals(main)
                  ? entry.file().toString().replace('\\', '/')
                  : entry.file().equals(main)
                      ? "../" + main
                      : String.valueOf(entry.file().getFileName());
      lines.add(
          "- [Q"
              + entry.number()
              + "]("
              + file
              + "#"
              + anchor("Q" + entry.number() + ": " + entry.question())
              + ") "
              + String.join(" ", AnswerText.lines(entry.question()))
              + (entry.date().matches("[\\d-]{10}") ? " (" + entry.date() + ")" : ""));
    }
    if (!listed.isEmpty()) {
      lines.add("");
    }
    return lines;
  }

  /** The anchor that the usual viewers give a heading. */
  static String anchor(String heading) {
    StringBuilder out = new StringBuilder();
    heading
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(letter -> {
          if (letter == ' ') {
            out.append('-');
          } else if (Character.isLetterOrDigit(letter)
              || letter == '-'
              || letter == '_'
              || Character.getType(letter) == Character.NON_SPACING_MARK) {
            out.appendCodePoint(letter);
          }
        });
    return out.toString();
  }

  private static Page checklist(Page page, List<FolderReports.Found> reports) {
    Page changed = page;
    Fences fences = new Fences();
    for (int at = 0; at < page.lines().size(); at++) {
      String line = page.lines().get(at);
      Matcher item = ITEM.matcher(line);
      if (fences.isCode(line) || !item.matches()) {
        continue;
      }
      FolderReports.Found by = measuredBy(item.group(4), reports);
      if (by != null && (item.group(2).equals(" ") || item.group(5) != null)) {
        String name = by.file().toString().replace('\\', '/').replace('`', '\'');
        String ticked = item.group(1) + "x" + item.group(3) + item.group(4) + " — `" + name + "`";
        changed = changed.with(at, at + 1, List.of(ticked));
      }
    }
    return changed;
  }

  private static FolderReports.@org.jspecify.annotations.Nullable Found measuredBy(
      String text, List<FolderReports.Found> reports) {
    for (Check check : CHECKS) {
      if (check.text().matcher(text).find()) {
        return reports.stream()
            .filter(report ->
                report.measured().stream()
                    .anyMatch(id -> check.ids().stream().anyMatch(id::startsWith)))
            .findFirst()
            .orElse(null);
      }
    }
    return null;
  }

  private static List<Check> checks() {
    try (InputStream in =
        Objects.requireNonNull(Derived.class.getResourceAsStream("checklist.json"))) {
      List<Check> checks = new ArrayList<>();
      for (JsonNode item : JsonMapper.shared().readTree(in).get("items")) {
        List<String> ids = new ArrayList<>();
        item.get("ids").forEach(id -> ids.add(id.stringValue()));
        checks.add(
            new Check(
                Pattern.compile(
                    item.get("text").stringValue(),
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                ids));
      }
      return List.copyOf(checks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
