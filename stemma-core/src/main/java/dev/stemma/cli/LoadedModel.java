package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.HuggingFaceText;
import dev.stemma.runtime.RankedPieces;
import dev.stemma.runtime.TextCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A model made ready to run: decoder, text codec where it has a tokenizer, end tokens. */
record LoadedModel(
    CanonicalModel model, Decoder decoder, Optional<TextCodec> codec, Set<Integer> endTokens) {
  static LoadedModel open(Investigation investigation, String reference) throws IOException {
    CanonicalModel model = investigation.open(reference);
    Decoder decoder = DecoderBuilder.build(model, investigation.tensors());
    Optional<TextCodec> codec = Optional.empty();
    if (model.model().tokenizer().isPresent()) {
      Tokenizer tokenizer = model.model().tokenizer().get();
      Optional<URI> file = tokenizer.traits().huggingFaceFile();
      codec =
          Optional.of(
              file.isPresent()
                  ? new HuggingFaceText(Path.of(file.get()))
                  : new RankedPieces(tokenizer));
    }
    return new LoadedModel(model, decoder, codec, endTokens(model.model().config()));
  }

  TextCodec requireCodec() {
    return codec.orElseThrow(() ->
        new ArtifactException(
            ErrorCode.NOT_FOUND,
            model.model().reference(),
            "tokenizer",
            "a tokenizer beside the weights, to read and write text",
            "none",
            "Put its tokenizer.json there, or give token ids with --ids."));
  }

  private static Set<Integer> endTokens(Optional<Config> config) {
    Set<Integer> ends = new HashSet<>();
    config.ifPresent(found -> {
      JsonNode end = found.json().get("eos_token_id");
      if (end != null && end.isInt()) {
        ends.add(end.intValue());
      } else if (end != null && end.isArray()) {
        end.forEach(id -> {
          if (id.isInt()) {
            ends.add(id.intValue());
          }
        });
      }
    });
    return ends;
  }
}
