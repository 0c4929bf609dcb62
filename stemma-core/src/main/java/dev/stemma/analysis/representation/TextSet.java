package dev.stemma.analysis.representation;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The texts that models read: 200 of ours, or a file with one text a line. */
public final class TextSet {
  private static final int MAXIMUM_TEXTS = 2000;
  private static final long MAXIMUM_BYTES = 4L << 20;

  private TextSet() {}

  /** Our own: sentences in English, Korean and Chinese, and lines of code. */
  public static List<String> standard() {
    try (InputStream in = TextSet.class.getResourceAsStream("texts.txt")) {
      if (in == null) {
        throw new IllegalStateException("texts.txt is not in the jar");
      }
      return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A file with one text a line; empty lines are left out.
   *
   * @throws ArtifactException if it cannot be read, is too large, or has too few or too many texts
   */
  public static List<String> of(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAXIMUM_BYTES) {
        throw wrong(file, "at most " + MAXIMUM_BYTES + " bytes", size + " bytes");
      }
      List<String> texts = lines(Files.readString(file));
      if (texts.size() < CentredKernelAlignment.FEWEST_SAMPLES || texts.size() > MAXIMUM_TEXTS) {
        throw wrong(
            file,
            "between "
                + CentredKernelAlignment.FEWEST_SAMPLES
                + " and "
                + MAXIMUM_TEXTS
                + " texts, one a line",
            texts.size() + " texts");
      }
      return texts;
    } catch (CharacterCodingException e) {
      throw wrong(file, "UTF-8 text", "other bytes");
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          file.toString(),
          "texts",
          "a file with one text a line",
          String.valueOf(e),
          "Give a readable file.",
          e);
    }
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static ArtifactException wrong(Path file, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        file.toString(),
        "texts",
        expected,
        found,
        "Give a file with one text a line.");
  }
}
