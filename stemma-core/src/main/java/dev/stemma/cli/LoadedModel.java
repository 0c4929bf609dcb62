package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.runtime.ChatTemplate;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.HuggingFaceText;
import dev.stemma.runtime.RankedPieces;
import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.TextCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model made ready to run.
 *
 * @param codec text and ids, where it has a tokenizer
 * @param template its chat template, where it has one
 * @param sampling what it wants where the user says nothing
 */
record LoadedModel(
    CanonicalModel model,
    Decoder decoder,
    Optional<TextCodec> codec,
    Optional<ChatTemplate> template,
    Sampling sampling,
    Set<Integer> endTokens) {
  static LoadedModel open(Investigation investigation, String reference) throws IOException {
    CanonicalModel model = investigation.open(reference);
    Decoder decoder = DecoderBuilder.build(model, investigation.tensors());
    Optional<TextCodec> codec = Optional.empty();
    Optional<ChatTemplate> template = Optional.empty();
    Optional<Tokenizer> tokenizer = model.model().tokenizer();
    if (tokenizer.isPresent()) {
      TokenizerTraits traits = tokenizer.get().traits();
      Optional<URI> file = traits.huggingFaceFile();
      codec =
          Optional.of(
              file.isPresent()
                  ? new HuggingFaceText(Path.of(file.get()))
                  : new RankedPieces(tokenizer.get()));
      template =
          traits.chatTemplate().map(text -> new ChatTemplate(reference, text, traits.roles()));
    }
    GenerationDefaults defaults = GenerationDefaults.of(investigation.generationConfig(reference));
    Set<Integer> ends = new HashSet<>(defaults.endTokens());
    model
        .model()
        .config()
        .ifPresent(
            config -> ends.addAll(GenerationDefaults.ends(config.json().get("eos_token_id"))));
    return new LoadedModel(model, decoder, codec, template, defaults.sampling(), ends);
  }

  /** The prompt of a conversation by the model's template. */
  List<Integer> chat(List<Map<String, Object>> messages, Map<String, Object> more) {
    ChatTemplate found =
        template.orElseThrow(() ->
            new ArtifactException(
                ErrorCode.NOT_FOUND,
                model.model().reference(),
                "chat template",
                "a chat_template in tokenizer_config.json, or chat_template.jinja",
                "none",
                "Put it beside the tokenizer, or give the whole text with --prompt."));
    return requireCodec().encodeMarked(found.render(messages, more));
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
}
