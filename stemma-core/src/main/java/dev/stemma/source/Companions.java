package dev.stemma.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What belongs to a single file of weights although the user did not name it: the other numbered
 * parts of the same model, and the configuration and tokenizer in the same folder.
 */
final class Companions {
  private static final Pattern PART = Pattern.compile("(.*-)(\\d{5})(-of-(\\d{5})\\.[a-z]+)");
  private static final List<String> WEIGHTS =
      List.of(
          ".safetensors",
          ".safetensors.index.json",
          ".bin.index.json",
          ".onnx",
          ".bin",
          ".pt",
          ".pth",
          ".gguf");

  /** GGUF holds its configuration and tokenizer itself. */
  private static final String SELF_CONTAINED = ".gguf";

  private static final List<String> DESCRIPTIONS =
      List.of(
          "config.json",
          "adapter_config.json",
          "tokenizer.json",
          "tokenizer.model",
          "tekken.json",
          "vocab.json",
          "vocab.txt");

  private Companions() {}

  /** The named file with what belongs to it, and what it may refer to around it. */
  static SourceFiles of(String reference, String name, SourceFile file, Surroundings surroundings) {
    SourceFiles alone = new SourceFiles(reference, name, List.of(file), surroundings, List.of());
    String lower = file.name().toLowerCase(Locale.ROOT);
    if (WEIGHTS.stream().noneMatch(lower::endsWith)) {
      return alone;
    }
    List<SourceFile> others = new ArrayList<>(parts(file, alone));
    List<String> notes = new ArrayList<>();
    if (!others.isEmpty()) {
      notes.add(file.name() + ": the other " + others.size() + " parts beside it were read too");
    }
    if (!lower.endsWith(SELF_CONTAINED)) {
      List<SourceFile> found =
          DESCRIPTIONS.stream().flatMap(d -> alone.beside(file, d).stream()).toList();
      if (!found.isEmpty()) {
        notes.add(
            file.name()
                + ": read with "
                + String.join(", ", found.stream().map(SourceFile::name).toList())
                + " from the same folder");
      }
      others.addAll(found);
    }
    others.add(file);
    others.sort(Comparator.comparing(SourceFile::name));
    return new SourceFiles(reference, name, others, surroundings, notes);
  }

  /** The other parts; missing ones are left to the reader, which says which. */
  private static List<SourceFile> parts(SourceFile file, SourceFiles alone) {
    String plainName = file.name().substring(file.name().lastIndexOf('/') + 1);
    Matcher part = PART.matcher(plainName);
    List<SourceFile> found = new ArrayList<>();
    if (part.matches()) {
      int count = Integer.parseInt(part.group(4));
      for (int number = 1; number <= count; number++) {
        String other = part.group(1) + "%05d".formatted(number) + part.group(3);
        Optional<SourceFile> there =
            other.equals(plainName) ? Optional.empty() : alone.beside(file, other);
        there.ifPresent(found::add);
      }
    }
    return found;
  }
}
