package dev.stemma.notebook;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.Reports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a record of questions and answers. Entries are numbered over all its files; a
 * number once given stays. Each change is made under a lock and replaces a file whole, so many
 * processes may write at once and any of them may be killed.
 */
public final class Notebook {
  /** The file that holds the entries of no particular topic, and the index of all. */
  public static final Path MAIN = Path.of("README.md");

  private static final long LARGEST = 16L << 20;

  private final Path folder;

  private Notebook(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens a notebook.
   *
   * @throws ArtifactException if the folder has none
   */
  public static Notebook open(Path folder) {
    Notebook notebook = new Notebook(folder);
    if (!Files.isRegularFile(folder.resolve(MAIN))) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          folder.resolve(MAIN).toString(),
          "",
          "a notebook's file",
          "no such file",
          "stemma notebook init " + folder + " makes one; --dir names another folder.");
    }
    return notebook;
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /**
   * What to record.
   *
   * @param topic whose file it goes to; null for the main file
   * @param again whether a question that is recorded already is recorded anew
   */
  public record Addition(
      String question, String answer, LocalDate date, @Nullable Topic topic, boolean again) {}

  /** An entry, and whether it was there before. */
  public record Recorded(Entry entry, boolean before) {}

  /**
   * Records a question and its answer under the next number, unless the question is recorded
   * already.
   *
   * @throws ArtifactException if the file has no marker or cannot be written
   */
  public Recorded add(Addition addition) {
    String title = AnswerText.title(addition.question());
    if (title.isBlank()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT, "question", "", "a question", "nothing", "Give its words.");
    }
    if (addition.answer().isBlank()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT, "answer", "", "an answer", "nothing", "Give its text.");
    }
    try (FolderLock _ = FolderLock.of(folder)) {
      removeLeftOver();
      List<Page> pages = pages();
      Optional<Entry> same = same(pages, title);
      if (same.isPresent() && !addition.again()) {
        derive(pages);
        return new Recorded(same.get(), true);
      }
      Path file = addition.topic() == null ? MAIN : addition.topic().file();
      Page page =
          pages.stream()
              .filter(one -> one.name().equals(file))
              .findFirst()
              .orElseThrow(() -> noMarker(file, "no such file"));
      if (page.markers().size() != 1) {
        throw noMarker(file, page.markers().size() + " markers");
      }
      int number = 1 + entries(pages).stream().mapToInt(Entry::number).max().orElse(0);
      Page added = added(page, number, title, addition);
      write(added);
      derive(pages());
      return new Recorded(added.entries().getLast(), false);
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  /** What writers that were killed left behind; others may be writing reports here right now. */
  private void removeLeftOver() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofMinutes(10)));
    for (Path place : List.of(folder, folder.resolve("topics"))) {
      if (Files.isDirectory(place)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, ".stemma-*.part")) {
          for (Path file : files) {
            if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
              Files.deleteIfExists(file);
            }
          }
        }
      }
    }
  }

  /** The page with the entry; where the answer's blocks of code confuse it, without these. */
  private static Page added(Page page, int number, String title, Addition addition) {
    Page added =
        page.withEntry(entry(number, title, addition, AnswerText.lines(addition.answer())));
    if (!holds(page, added, number)) {
      added = page.withEntry(entry(number, title, addition, AnswerText.plain(addition.answer())));
    }
    if (!holds(page, added, number)) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "answer",
          "",
          "an answer that stands as one entry",
          "one that would break the notebook",
          "Give it as plain text.");
    }
    return added;
  }

  /** Whether exactly one entry came in, at the end of the entries above the marker. */
  private static boolean holds(Page before, Page after, int number) {
    List<Integer> expected =
        new ArrayList<>(
            before.entries().stream()
                .filter(entry -> entry.line() - 1 < before.markers().getFirst())
                .map(Entry::number)
                .toList());
    expected.add(number);
    before.entries().stream()
        .filter(entry -> entry.line() - 1 > before.markers().getFirst())
        .map(Entry::number)
        .forEach(expected::add);
    return after.markers().size() == 1
        && after.entries().stream().map(Entry::number).toList().equals(expected)
        && after.malformed().size() == before.malformed().size()
        && after.hasOpenFence() == before.hasOpenFence();
  }

  private static List<String> entry(
      int number, String title, Addition addition, List<String> answer) {
    Words words = Words.ofText(addition.question());
    List<String> lines = new ArrayList<>();
    lines.add("### Q" + number + ": " + title);
    lines.add("");
    lines.add("**" + words.get("label.asked") + "**: " + addition.date());
    lines.add("");
    lines.add("**" + words.get("label.answer") + "**:");
    lines.add("");
    lines.addAll(answer);
    return lines;
  }

  /** All entries by number. */
  public List<Entry> entries() {
    return entries(pages());
  }

  /** The entry of a question, if it is recorded. */
  public Optional<Entry> recorded(String question) {
    return same(pages(), AnswerText.title(question));
  }

  private static Optional<Entry> same(List<Page> pages, String title) {
    String wanted = folded(title);
    return entries(pages).stream()
        .filter(entry -> folded(entry.question()).equals(wanted))
        .findFirst();
  }

  /** Two questions are one where they differ in spaces, case and the sign at the end only. */
  private static String folded(String question) {
    return Normalizer.normalize(question, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[\\s\\p{Punct}]+", "");
  }

  /** Brings index and checklist up to date; the files that changed. */
  public List<Path> sync() {
    try (FolderLock _ = FolderLock.of(folder)) {
      return derive(pages());
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  private List<Path> derive(List<Page> pages) {
    List<Path> changed = new ArrayList<>();
    for (Page page : derived(pages)) {
      write(page);
      changed.add(page.name());
    }
    return changed;
  }

  private List<Page> derived(List<Page> pages) {
    List<Entry> entries = entries(pages);
    List<FolderReports.Found> reports = FolderReports.in(folder).all();
    List<Page> changed = new ArrayList<>();
    for (Page page : pages) {
      Page now = Derived.of(page, entries, reports);
      if (!now.text().equals(page.text())) {
        changed.add(now);
      }
    }
    return changed;
  }

  /** What is wrong with the numbering, the markers and what follows from them. */
  public List<Problem> check() {
    List<Page> pages = pages();
    List<Problem> problems = new ArrayList<>(Numbering.check(pages));
    for (Page page : derived(pages)) {
      problems.add(
          new Problem(
              page.name(),
              0,
              "out-of-date",
              "index and checklist as entries and reports have them",
              "others",
              "stemma notebook sync"));
    }
    return problems;
  }

  private static List<Entry> entries(List<Page> pages) {
    return pages.stream()
        .flatMap(page -> page.entries().stream())
        .sorted(Comparator.comparingInt(Entry::number))
        .toList();
  }

  private List<Page> pages() {
    List<Page> pages = new ArrayList<>();
    pages.add(read(MAIN));
    for (Topic topic : Topic.values()) {
      if (Files.isRegularFile(folder.resolve(topic.file()))) {
        pages.add(read(topic.file()));
      }
    }
    return pages;
  }

  private Page read(Path name) {
    Path file = folder.resolve(name);
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        throw unreadable(file, size + " bytes", null);
      }
      return Page.of(
          name,
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString());
    } catch (CharacterCodingException e) {
      throw unreadable(file, "bytes that are no UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e), e);
    }
  }

  private void write(Page page) {
    Reports.whole(folder.resolve(page.name()), out -> out.append(page.text()));
  }

  private static ArtifactException unreadable(
      Path file, String found, @Nullable IOException cause) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        file.toString(),
        "",
        "a UTF-8 text of at most " + (LARGEST >> 20) + " MB",
        found,
        "Repair the file.",
        cause);
  }

  private ArtifactException noMarker(Path file, String found) {
    return new ArtifactException(
        ErrorCode.MALFORMED_HEADER,
        folder.resolve(file).toString(),
        "",
        "one line that begins with <!-- "
            + (file.equals(MAIN) ? Page.TUTORIAL : Page.SECTION)
            + " -->, outside code",
        found,
        "stemma notebook init " + folder + " adds what is missing.");
  }

  static ArtifactException cannotWrite(Path folder, IOException e) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        folder.toString(),
        "",
        "a folder that can be written",
        String.valueOf(e),
        "Choose another folder or free the place.",
        e);
  }
}
