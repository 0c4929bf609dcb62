package dev.stemma.notebook;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds numbers that are given twice, missing or out of order, and entries that lost a part. */
final class Numbering {
  private static final String BY_HAND = "Correct it by hand.";

  private Numbering() {}

  static List<Problem> check(List<Page> pages) {
    List<Problem> problems = new ArrayList<>();
    TreeMap<Integer, List<Entry>> byNumber = new TreeMap<>();
    for (Page page : pages) {
      markers(page, problems);
      page(page, problems);
      page.entries()
          .forEach(entry ->
              byNumber.computeIfAbsent(entry.number(), number -> new ArrayList<>()).add(entry));
    }
    byNumber.forEach((number, entries) -> {
      for (Entry again : entries.subList(1, entries.size())) {
        problems.add(
            of(
                again,
                "duplicate-number",
                "Q"
                    + number
                    + " once (also "
                    + entries.getFirst().file()
                    + ", line "
                    + entries.getFirst().line()
                    + ")",
                "again"));
      }
    });
    int expected = 1;
    for (List<Entry> entries : byNumber.values()) {
      Entry entry = entries.getFirst();
      if (entry.number() > expected) {
        problems.add(
            of(
                entry,
                "gap",
                "Q"
                    + expected
                    + (entry.number() - 1 > expected ? " to Q" + (entry.number() - 1) : "")
                    + " before it",
                "Q" + entry.number()));
      }
      expected = entry.number() + 1;
    }
    return problems;
  }

  private static void markers(Page page, List<Problem> problems) {
    if (page.markers().size() != 1) {
      problems.add(
          new Problem(
              page.name(),
              page.markers().size() > 1 ? page.markers().get(1) + 1 : 0,
              "marker",
              "one marker",
              page.markers().size() + " markers",
              page.markers().isEmpty() ? "stemma notebook init adds it." : BY_HAND));
    }
    if (page.hasOpenFence()) {
      problems.add(
          new Problem(
              page.name(),
              0,
              "open-code",
              "blocks of code that end",
              "one that does not",
              BY_HAND));
    }
  }

  private static void page(Page page, List<Problem> problems) {
    int last = 0;
    for (Entry entry : page.entries()) {
      if (entry.number() < 1) {
        problems.add(of(entry, "number", "a number from 1", "Q" + entry.number()));
      } else if (entry.number() < last) {
        problems.add(of(entry, "order", "a number above Q" + last, "Q" + entry.number()));
      }
      last = Math.max(last, entry.number());
      if (page.markers().size() == 1 && entry.line() - 1 > page.markers().getFirst()) {
        problems.add(of(entry, "below-marker", "entries above the marker", "one below it"));
      }
      if (!isDate(entry.date())) {
        problems.add(
            of(
                entry,
                "date",
                "a date as 2026-01-31",
                entry.date().isEmpty() ? "none" : entry.date()));
      }
      if (!entry.answered()) {
        problems.add(of(entry, "answer", "an answer", "none"));
      }
    }
    for (int line : page.malformed()) {
      problems.add(
          new Problem(
              page.name(),
              line + 1,
              "heading",
              "### Q{N}: question",
              page.lines().get(line).strip(),
              BY_HAND));
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static Problem of(Entry entry, String id, String expected, String found) {
    return new Problem(entry.file(), entry.line(), id, expected, found, BY_HAND);
  }
}
