package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.List;
import java.util.stream.Collectors;

/** Chooses and reads the tokenizer among a reference's files. */
public final class TokenizerFiles {
  /** Formats of tokenizers, preferred first. */
  public static final List<Format> FORMATS =
      List.of(
          new TokenizerJsonFormat(),
          new TokenizerTekkenFormat(),
          new TokenizerSentencePieceFormat(),
          new TokenizerTiktokenFormat(),
          new TokenizerMergesFormat(),
          new TokenizerVocabularyTextFormat(),
          new TokenizerLlama2cFormat(),
          new TokenizerGgufFormat(),
          new TokenizerEmbeddedFormat());

  private TokenizerFiles() {}

  /** A file and the format that reads it. */
  public record Choice(Format format, SourceFile file) {}

  /** The tokenizer that these files hold. */
  public static Tokenizer read(SourceFiles files, ByteSource bytes) {
    Choice choice = choose(files);
    Contents contents =
        LocalBytes.guarding(
            choice.file().name(), () -> choice.format().read(choice.file(), files, bytes));
    return contents
        .tokenizer()
        .orElseThrow(() ->
            TokenizerCollector.fail(
                choice.file(), ErrorCode.MALFORMED_TOKENIZER, "", "a vocabulary", "none"));
  }

  /**
   * The preferred format's file nearest to the root.
   *
   * @throws ArtifactException NO_MODEL_FILE or, where several are as near, AMBIGUOUS_FILES
   */
  public static Choice choose(SourceFiles files) {
    for (Format format : FORMATS) {
      List<SourceFile> candidates = files.files().stream().filter(format::recognises).toList();
      if (candidates.isEmpty()) {
        continue;
      }
      long nearest = candidates.stream().mapToLong(TokenizerFiles::depth).min().orElse(0);
      List<SourceFile> near = candidates.stream().filter(file -> depth(file) == nearest).toList();
      if (near.size() == 1) {
        return new Choice(format, near.getFirst());
      }
      throw new ArtifactException(
          ErrorCode.AMBIGUOUS_FILES,
          files.reference(),
          "",
          "one tokenizer",
          near.size()
              + ": "
              + near.stream().limit(12).map(SourceFile::name).collect(Collectors.joining(", ")),
          "Add #NAME to the reference, as in "
              + files.reference()
              + "#"
              + baseName(near.getFirst())
              + ".");
    }
    throw new ArtifactException(
        ErrorCode.NO_MODEL_FILE,
        files.reference(),
        "",
        "a tokenizer (tokenizer.json, .tiktoken, .model, .gguf, vocab.json and merges.txt,"
            + " vocab.txt, tok512.bin)",
        files.files().size() + " other files",
        "Name the tokenizer's folder or file itself.");
  }

  static String fileName(SourceFile file) {
    return file.name().substring(file.name().lastIndexOf('/') + 1);
  }

  private static String baseName(SourceFile file) {
    String name = fileName(file);
    int dot = name.indexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static long depth(SourceFile file) {
    return file.name().chars().filter(character -> character == '/').count();
  }
}
