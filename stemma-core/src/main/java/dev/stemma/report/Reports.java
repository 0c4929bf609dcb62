package dev.stemma.report;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The formats of a report by file name, and writing one so that nobody sees half of it. */
public final class Reports {
  /** By ending; of two that fit, the one that stands first. */
  private static final Map<String, Function<Texts, ReportFormat>> FORMATS = formats();

  private Reports() {}

  private static Map<String, Function<Texts, ReportFormat>> formats() {
    Map<String, Function<Texts, ReportFormat>> formats = new LinkedHashMap<>();
    formats.put(".cdx.json", texts -> new CycloneDxReport());
    formats.put(".intoto.json", texts -> new InTotoReport());
    formats.put(".json", texts -> new JsonReport());
    formats.put(".html", HtmlReport::new);
    formats.put(".htm", HtmlReport::new);
    formats.put(".md", MarkdownReport::new);
    return formats;
  }

  /** The format that a file's name asks for, in English. */
  public static ReportFormat forFile(Path file) {
    return forFile(file, Texts.ENGLISH);
  }

  /**
   * The format that a file's name asks for.
   *
   * @throws ArtifactException if the ending is none of ours
   */
  public static ReportFormat forFile(Path file, Texts texts) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    Supplier<ArtifactException> unknown =
        () ->
            new ArtifactException(
                ErrorCode.BAD_ARGUMENT,
                file.toString(),
                "report file",
                "a name ending in one of " + String.join(" ", FORMATS.keySet()),
                name,
                "Choose the report's format by the file's ending, as in report.html.");
    return FORMATS.entrySet().stream()
        .filter(format -> name.endsWith(format.getKey()))
        .findFirst()
        .orElseThrow(unknown)
        .getValue()
        .apply(texts);
  }

  /** The texts of {@code --language}; an unknown one is an error. */
  public static Texts language(String tag) {
    Texts texts = Texts.of(tag);
    if (!Locale.forLanguageTag(tag.replace('_', '-')).getLanguage().equals(texts.language())) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "--language",
          "",
          "one of " + String.join(" ", Texts.LANGUAGES),
          tag,
          "Choose one of these languages.");
    }
    return texts;
  }

  /** Writes a report in English in the format of the file's name. */
  public static void write(Report report, Path file) {
    write(report, file, Texts.ENGLISH);
  }

  /**
   * Writes a report in the format of the file's name: to a temporary name first, which is then
   * renamed, so that the file is never half written and an older one survives a failure.
   *
   * @throws ArtifactException if it cannot be written
   */
  public static void write(Report report, Path file, Texts texts) {
    ReportFormat format = forFile(file, texts);
    whole(file, out -> format.write(report, out));
  }

  /** The same, with the reports that are written beside it: a bill of materials names them. */
  public static void write(Report report, Path file, Texts texts, List<Path> beside) {
    ReportFormat format = forFile(file, texts);
    ReportFormat used =
        format instanceof CycloneDxReport ? new CycloneDxReport(names(file, beside)) : format;
    whole(file, out -> used.write(report, out));
  }

  /** Names of the others in the same folder. */
  private static List<String> names(Path file, List<Path> beside) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return beside.stream()
        .map(other -> other.toAbsolutePath().normalize())
        .filter(other -> !other.equals(file.toAbsolutePath().normalize()))
        .filter(other -> java.util.Objects.equals(other.getParent(), folder))
        .map(other -> String.valueOf(other.getFileName()))
        .toList();
  }

  /** Something that writes a text. */
  @FunctionalInterface
  public interface Writing {
    /** Writes all of it. */
    void to(Appendable out) throws IOException;
  }

  /**
   * Writes a file whole or not at all: to a temporary name first, which is then renamed.
   *
   * @throws ArtifactException if it cannot be written
   */
  public static void whole(Path file, Writing writing) {
    Path target = file.toAbsolutePath();
    try {
      if (Files.exists(target) && !Files.isDirectory(target)) {
        if (!Files.isRegularFile(target)) {
          try (Writer out = Files.newBufferedWriter(target, StandardCharsets.UTF_8)) {
            writing.to(out); // a pipe or device, which nothing may replace
          }
          return;
        }
        target = target.toRealPath(); // a link stays a link
      }
      Path folder = target.getParent();
      if (folder == null || Files.isDirectory(target)) {
        throw new IOException("is a folder");
      }
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, ".stemma-", ".part");
      try {
        try (BufferedWriter out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
          writing.to(out);
        }
        readableAsOthers(temporary);
        move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "report file",
          "a place where a file can be written",
          String.valueOf(e),
          "Choose another file or free the place.",
          e);
    }
  }

  /** Temporary files are private; a report is as open as any file that the user makes. */
  private static void readableAsOthers(Path file) throws IOException {
    try {
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions needs no opening.
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
