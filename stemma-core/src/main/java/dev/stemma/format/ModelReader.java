package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a model's headers: one file (or one set of shards) of weights, one configuration, one
 * tokenizer, of which any two may be missing.
 */
public final class ModelReader {
  /**
   * Reads the model that these files are.
   *
   * @throws ArtifactException if there is none, if several could be meant, or if one is damaged
   */
  public Model read(SourceFiles files, ByteSource bytes) {
    Set<SourceFile> used = new LinkedHashSet<>();
    List<String> notes = new ArrayList<>(files.notes());
    List<Tensor> tensors = new ArrayList<>();
    Optional<Config> ownConfig = Optional.empty();
    Optional<Tokenizer> ownTokenizer = Optional.empty();
    for (Format format : Formats.weights()) {
      List<SourceFile> chosen = ModelFiles.weights(format, files);
      if (chosen.isEmpty()) {
        continue;
      }
      for (SourceFile file : chosen) {
        Contents contents = guarded(format, file, files, bytes);
        tensors.addAll(contents.tensors());
        notes.addAll(contents.notes());
        ownConfig = ownConfig.or(contents::config);
        ownTokenizer = ownTokenizer.or(contents::tokenizer);
        used.add(file);
      }
      break;
    }
    if (used.isEmpty()) {
      ModelFiles.only(Formats.configs().getFirst(), files);
    }
    Optional<Config> config =
        beside(Formats.configs(), files, bytes, used, notes)
            .flatMap(Contents::config)
            .or(orElse(ownConfig));
    Optional<Tokenizer> tokenizer =
        beside(Formats.tokenizers(), files, bytes, used, notes)
            .flatMap(Contents::tokenizer)
            .or(orElse(ownTokenizer));
    if (used.isEmpty() && isLoneJson(files)) {
      return readConfig(files, bytes);
    }
    if (used.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NO_MODEL_FILE,
          files.reference(),
          "",
          "weights (.safetensors, .gguf, .onnx, .bin, .pt), config.json or a tokenizer",
          files.files().size() + " other files",
          "Name the model's folder or file itself.");
    }
    List<SourceFile> read = List.copyOf(used);
    return new Model(
        files.reference(),
        files.name(),
        Digest.lazily(() -> ModelDigest.of(read, bytes)),
        config,
        sorted(QuantisedWeights.see(files.reference(), tensors, config, notes), files),
        tokenizer,
        notes);
  }

  /**
   * Reads a configuration and nothing else: the one file given, whatever it is called, or the
   * {@code config.json} among several.
   *
   * @throws ArtifactException if there is none, or it is no JSON object
   */
  public Model readConfig(SourceFiles files, ByteSource bytes) {
    SourceFile file =
        files.files().size() == 1
            ? files.files().getFirst()
            : Formats.configs().stream()
                .flatMap(format -> ModelFiles.only(format, files).stream())
                .findFirst()
                .orElseThrow(() ->
                    new ArtifactException(
                        ErrorCode.NO_MODEL_FILE,
                        files.reference(),
                        "",
                        "a config.json",
                        files.files().size() + " other files",
                        "Name the configuration's file itself."));
    Contents contents = guarded(Formats.configs().getFirst(), file, files, bytes);
    return new Model(
        files.reference(),
        files.name().replaceFirst("(?i)\\.json$", ""),
        Digest.lazily(() -> ModelDigest.of(List.of(file), bytes)),
        contents.config(),
        List.of(),
        Optional.empty(),
        contents.notes());
  }

  /** Configurations are kept under any name, as in {@code solar.json}. */
  private static boolean isLoneJson(SourceFiles files) {
    return files.files().size() == 1
        && files.files().getFirst().name().toLowerCase(Locale.ROOT).endsWith(".json");
  }

  private static <T> java.util.function.Supplier<Optional<T>> orElse(Optional<T> other) {
    return () -> other;
  }

  private static Optional<Contents> beside(
      List<Format> formats,
      SourceFiles files,
      ByteSource bytes,
      Set<SourceFile> used,
      List<String> notes) {
    for (Format format : formats) {
      Optional<SourceFile> file = ModelFiles.first(format, files);
      if (file.isPresent()) {
        Contents contents = guarded(format, file.get(), files, bytes);
        used.add(file.get());
        notes.addAll(contents.notes());
        return Optional.of(contents);
      }
    }
    return Optional.empty();
  }

  private static Contents guarded(
      Format format, SourceFile file, SourceFiles files, ByteSource bytes) {
    return LocalBytes.guarding(file.name(), () -> format.read(file, files, bytes));
  }

  private static List<Tensor> sorted(List<Tensor> tensors, SourceFiles files) {
    Set<String> names = HashSet.newHashSet(tensors.size());
    for (Tensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new ArtifactException(
            ErrorCode.DUPLICATE_NAME,
            files.reference(),
            "tensor " + tensor.name(),
            "every name once",
            "it twice",
            "Two of the files contradict each other; name the one you mean.");
      }
    }
    return tensors.stream().sorted(Comparator.comparing(Tensor::name)).toList();
  }
}
