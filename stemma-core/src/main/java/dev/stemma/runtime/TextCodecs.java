package dev.stemma.runtime;

import dev.stemma.artifact.Tokenizer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Chooses how a tokenizer's files are run. */
public final class TextCodecs {
  private TextCodecs() {}

  /**
   * The codec of a tokenizer.
   *
   * @throws IOException if its file cannot be loaded
   * @throws UnsupportedOperationException if nothing here can run it
   */
  public static TextCodec of(Tokenizer tokenizer) throws IOException {
    Optional<URI> file = tokenizer.traits().huggingFaceFile();
    if (file.isPresent()) {
      Path path = Path.of(file.get());
      try {
        return new HuggingFaceText(path);
      } catch (RuntimeException e) {
        // The library throws its bare reason where it does not understand a file.
        throw new IOException(path + " cannot be loaded: " + e.getMessage(), e);
      }
    }
    return switch (tokenizer.kind()) {
      case BYTE_LEVEL_BPE, SENTENCEPIECE_BPE -> new RankedPieces(tokenizer);
      case UNIGRAM, WORDPIECE, WORD_LEVEL, UNKNOWN ->
          throw new UnsupportedOperationException(
              "a " + tokenizer.kind() + " tokenizer runs only from its tokenizer.json");
    };
  }
}
