package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Chooses which of the files found are the model. */
final class ModelFiles {
  private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.[a-z]+)");

  /** Names that mean "this is the model" where a folder holds several; earlier ones win. */
  private static final List<String> USUAL =
      List.of(
          "model.safetensors.index.json",
          "model.safetensors",
          "adapter_model.safetensors",
          "pytorch_model.bin.index.json",
          "pytorch_model.bin",
          "adapter_model.bin",
          "model.onnx");

  private ModelFiles() {}

  /**
   * The file, or the numbered shards of one, that hold the weights in this format; empty if the
   * format has none here.
   *
   * @throws ArtifactException AMBIGUOUS_FILES if several unrelated files could be the model
   */
  static List<SourceFile> weights(Format format, SourceFiles files) {
    List<SourceFile> candidates = nearest(format, files);
    if (candidates.size() <= 1) {
      return complete(candidates);
    }
    for (String usual : USUAL) {
      for (SourceFile candidate : candidates) {
        if (ConfigFormat.fileName(candidate).equals(usual)) {
          return List.of(candidate);
        }
      }
    }
    if (candidates.stream().map(ModelFiles::series).distinct().count() == 1) {
      return complete(candidates);
    }
    throw ambiguous(files, candidates);
  }

  /**
   * The one file of a format that is nearest to the root.
   *
   * @throws ArtifactException AMBIGUOUS_FILES if several are equally near
   */
  static Optional<SourceFile> only(Format format, SourceFiles files) {
    List<SourceFile> candidates = nearest(format, files);
    if (candidates.size() > 1) {
      throw ambiguous(files, candidates);
    }
    return candidates.stream().findFirst();
  }

  private static ArtifactException ambiguous(SourceFiles files, List<SourceFile> candidates) {
    return new ArtifactException(
        ErrorCode.AMBIGUOUS_FILES,
        files.reference(),
        "",
        "one model",
        candidates.size()
            + " files: "
            + String.join(", ", candidates.stream().limit(8).map(SourceFile::name).toList()),
        "Name the one you mean.");
  }

  /** The first file of a format, nearest to the root. */
  static Optional<SourceFile> first(Format format, SourceFiles files) {
    return nearest(format, files).stream().findFirst();
  }

  private static List<SourceFile> nearest(Format format, SourceFiles files) {
    List<SourceFile> candidates = new ArrayList<>();
    for (SourceFile file : files.files()) {
      if (format.recognises(file)) {
        candidates.add(file);
      }
    }
    candidates.sort(Comparator.comparingLong(ModelFiles::depth).thenComparing(SourceFile::name));
    if (!candidates.isEmpty()) {
      long depth = depth(candidates.getFirst());
      candidates.removeIf(file -> depth(file) > depth);
    }
    return candidates;
  }

  private static long depth(SourceFile file) {
    return file.name().chars().filter(character -> character == '/').count();
  }

  /** What the shards of one model have in common; for any other file its own name. */
  private static String series(SourceFile file) {
    Matcher shard = SHARD.matcher(file.name());
    return shard.matches()
        ? shard.group(1) + "-of-" + shard.group(3) + shard.group(4)
        : file.name();
  }

  /** Checks that numbered shards are all there. */
  private static List<SourceFile> complete(List<SourceFile> files) {
    for (int i = 0; i < files.size(); i++) {
      Matcher shard = SHARD.matcher(files.get(i).name());
      if (shard.matches()
          && (Integer.parseInt(shard.group(2)) != i + 1
              || Integer.parseInt(shard.group(3)) != files.size())) {
        throw new ArtifactException(
            ErrorCode.INDEX_MISMATCH,
            files.get(i).name(),
            "",
            "all of " + Integer.parseInt(shard.group(3)) + " numbered parts",
            files.size() + " of them",
            "Get the missing parts, into the same folder.");
      }
    }
    return files;
  }
}
