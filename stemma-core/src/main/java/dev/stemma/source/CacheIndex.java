package dev.stemma.source;

import dev.stemma.artifact.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a reference turned out to be, as lines of tab-separated text whose last line is the digest
 * of all others, so that a damaged index is never believed.
 *
 * @param key what was asked for
 * @param container the archive whose stored entries are read in place, if any are
 */
record CacheIndex(String key, @Nullable Container container, List<Entry> entries) {
  private static final String HEADER = "stemma-cache/1";

  CacheIndex {
    entries = List.copyOf(entries);
  }

  /** An archive outside the cache, and how to tell that it is still the same. */
  record Container(String path, long sizeBytes, String modified) {}

  /** One file. */
  sealed interface Entry {
    /** Its name in the model. */
    String name();

    /** Its size. */
    long sizeBytes();
  }

  /** Bytes inside the container. */
  record InPlace(String name, long offsetBytes, long sizeBytes) implements Entry {}

  /** Bytes in the cache, under their digest. */
  record Blob(String name, String sha256, long sizeBytes) implements Entry {}

  String text() {
    StringBuilder out = new StringBuilder();
    line(out, HEADER, key);
    if (container != null) {
      line(out, "container", container.path, container.sizeBytes, container.modified);
    }
    for (Entry entry : entries) {
      switch (entry) {
        case InPlace at -> line(out, "in-place", at.name, at.offsetBytes, at.sizeBytes);
        case Blob blob -> line(out, "blob", blob.name, blob.sha256, blob.sizeBytes);
      }
    }
    return out + "end\t" + Sha256.hex(out.toString()) + "\n";
  }

  /** Nothing if the text is damaged, of another version or about another key. */
  static Optional<CacheIndex> parse(String text, String key) {
    return parse(text).filter(index -> index.key.equals(key));
  }

  /** Nothing if the text is damaged or of another version. */
  static Optional<CacheIndex> parse(String text) {
    int end = text.lastIndexOf("end\t");
    if (end < 0
        || !text.substring(end).equals("end\t" + Sha256.hex(text.substring(0, end)) + "\n")) {
      return Optional.empty();
    }
    String[] lines = text.substring(0, end).split("\n", 0);
    if (!lines[0].startsWith(HEADER + "\t")) {
      return Optional.empty();
    }
    String key = lines[0].substring(HEADER.length() + 1);
    Container container = null;
    List<Entry> entries = new ArrayList<>();
    for (int index = 1; index < lines.length; index++) {
      String[] word = lines[index].split("\t", -1);
      switch (word[0]) {
        case "container" -> container = new Container(word[1], Long.parseLong(word[2]), word[3]);
        case "in-place" ->
            entries.add(new InPlace(word[1], Long.parseLong(word[2]), Long.parseLong(word[3])));
        case "blob" -> entries.add(new Blob(word[1], word[2], Long.parseLong(word[3])));
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new CacheIndex(key, container, entries));
  }

  private static void line(StringBuilder out, Object... words) {
    for (int index = 0; index < words.length; index++) {
      String word = words[index].toString();
      if (word.indexOf('\t') >= 0 || word.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("a tab or line end in " + word);
      }
      out.append(index == 0 ? "" : "\t").append(word);
    }
    out.append('\n');
  }
}
