package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The vocabulary in a GGUF file's metadata; its tensors are left alone. */
public final class TokenizerGgufFormat implements Format {
  private static final String PREFIX = "tokenizer.ggml.";

  private static final long FIRST_BYTES = 4 << 20;

  @Override
  public String id() {
    return "gguf-vocabulary";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return TokenizerFiles.fileName(file).endsWith(".gguf");
  }

  /** Nothing says where the metadata ends: more is read until it does. */
  private static Metadata metadata(SourceFile file, ByteSource bytes) {
    long length = Math.min(file.sizeBytes(), FIRST_BYTES);
    while (true) {
      try {
        Metadata metadata = new Metadata();
        TokenizerGgufMetadata walk =
            new TokenizerGgufMetadata(file, bytes.read(file.range(0, length)));
        for (long i = 0; i < walk.entries(); i++) {
          String key = walk.string();
          metadata.take(key, walk);
        }
        return metadata;
      } catch (ArtifactException e) {
        if (e.code() != ErrorCode.TRUNCATED || length == file.sizeBytes()) {
          throw e;
        }
      }
      length = Math.min(file.sizeBytes(), length * 4);
    }
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    Metadata metadata = metadata(file, bytes);
    return metadata.tokens.isEmpty()
        ? new Contents(List.of(), Optional.empty(), Optional.empty(), List.of())
        : Contents.ofTokenizer(metadata.tokenizer(file));
  }

  private static final class Metadata {
    private String model = "";
    private List<String> tokens = List.of();
    private List<Integer> types = List.of();
    private final List<String> firstMerges = new ArrayList<>();
    private int mergeCount;
    private @Nullable String template;
    private final TreeMap<String, Integer> special = new TreeMap<>();

    void take(String key, TokenizerGgufMetadata walk) {
      int type = walk.type();
      switch (key) {
        case PREFIX + "model" -> model = walk.stringOr(type, "");
        case PREFIX + "tokens" -> tokens = walk.strings(type, TokenizerCollector.MAXIMUM_TOKENS);
        case PREFIX + "token_type" -> types = walk.integers(type);
        case PREFIX + "merges" ->
            mergeCount = walk.firstStrings(type, TokenizerTraits.MERGES_KEPT, firstMerges);
        case "tokenizer.chat_template" -> template = walk.stringOr(type, "");
        default -> {
          if (key.startsWith(PREFIX) && key.endsWith("_token_id") && special.size() < 64) {
            walk.integer(type)
                .ifPresent(id -> special.put(key.substring(PREFIX.length()), (int) id));
          } else {
            walk.skip(type);
          }
        }
      }
    }

    Tokenizer tokenizer(SourceFile file) {
      if (!types.isEmpty() && types.size() != tokens.size()) {
        throw TokenizerCollector.fail(
            file,
            ErrorCode.MALFORMED_TOKENIZER,
            PREFIX + "token_type",
            "a type for each of " + tokens.size() + " tokens",
            types.size() + " types");
      }
      TokenizerAlphabet alphabet =
          model.equals("gpt2") ? TokenizerAlphabet.BYTE_LEVEL : TokenizerAlphabet.METASPACE;
      TokenizerCollector collector = new TokenizerCollector(file);
      for (int id = 0; id < tokens.size(); id++) {
        Role role = types.isEmpty() ? Role.TEXT : TokenizerSentencePieceFormat.role(types.get(id));
        collector.add(id, tokens.get(id), alphabet, role);
      }
      TreeMap<String, String> roles = new TreeMap<>();
      special.forEach((name, id) -> {
        if (id >= 0 && id < tokens.size()) {
          roles.put(name.replace("_token_id", "_token"), tokens.get(id));
        }
      });
      return collector.build(
          kind(),
          new TokenizerTraits(
              Optional.ofNullable(template),
              roles,
              List.of(),
              firstMerges,
              mergeCount,
              Optional.empty()));
    }

    private Kind kind() {
      return switch (model) {
        case "gpt2" -> Kind.BYTE_LEVEL_BPE;
        case "llama" -> Kind.SENTENCEPIECE_BPE;
        case "t5" -> Kind.UNIGRAM;
        case "bert" -> Kind.WORDPIECE;
        default -> Kind.UNKNOWN;
      };
    }
  }
}
