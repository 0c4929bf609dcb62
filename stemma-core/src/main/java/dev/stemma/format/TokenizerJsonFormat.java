package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Hugging Face's {@code tokenizer.json}, streamed: its vocabulary is never a tree in memory. */
public final class TokenizerJsonFormat implements Format {
  @Override
  public String id() {
    return "tokenizer.json";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = TokenizerFiles.fileName(file);
    return name.equals("tokenizer.json")
        || name.endsWith(".tokenizer.json")
        || name.endsWith("-tokenizer.json");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    Reading reading = new Reading(file, bytes.onDisk(file.bytes()));
    BoundedJson.parse(
        file,
        TokenizerCollector.whole(file, bytes),
        parser -> {
          reading.document(parser);
          return true;
        });
    Tokenizer tokenizer = reading.tokenizer();
    return Contents.ofTokenizer(TokenizerCompanions.complete(tokenizer, file, siblings, bytes));
  }

  private record Added(long id, String content, boolean special) {}

  /** What one pass over the document collects. */
  private static final class Reading {
    private final SourceFile file;
    private final Optional<URI> onDisk;
    private final List<Added> added = new ArrayList<>();
    private final List<String> splitPatterns = new ArrayList<>();
    private final List<String> firstMerges = new ArrayList<>();
    private List<String> written = new ArrayList<>();
    private long[] ids = new long[1 << 15];
    private int mergeCount;
    private boolean listed;
    private boolean byteLevel;
    private boolean metaspace;
    private boolean sawModel;
    private String type = "";
    private String continuing = "";
    private String endOfWord = "";

    Reading(SourceFile file, Optional<URI> onDisk) {
      this.file = file;
      this.onDisk = onDisk;
    }

    void document(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("", "a JSON object", "something else");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (key) {
          case "added_tokens" -> addedTokens(parser, value);
          case "normalizer", "pre_tokenizer", "decoder" -> spelling(parser, value);
          case "model" -> model(parser, value);
          default -> parser.skipChildren();
        }
      }
      if (!sawModel) {
        throw malformed("", "a \"model\" with a \"vocab\"", "neither");
      }
    }

    private void addedTokens(JsonParser parser, JsonToken value) {
      if (value != JsonToken.START_ARRAY) {
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        long id = -1;
        String content = null;
        boolean special = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String key = parser.currentName();
          JsonToken token = parser.nextToken();
          if (key.equals("id") && token == JsonToken.VALUE_NUMBER_INT) {
            id = parser.getLongValue();
          } else if (key.equals("content") && token == JsonToken.VALUE_STRING) {
            content = parser.getString();
          } else if (key.equals("special")) {
            special = token == JsonToken.VALUE_TRUE;
          } else {
            parser.skipChildren();
          }
        }
        if (content == null || id < 0) {
          throw malformed("added_tokens", "an id and a content each", "one without");
        }
        bounded(added.size());
        added.add(new Added(id, content, special));
      }
      endOfList(parser, "added_tokens", "objects");
    }

    private void endOfList(JsonParser parser, String place, String expected) {
      if (parser.currentToken() != JsonToken.END_ARRAY) {
        throw malformed(place, expected, String.valueOf(parser.currentToken()));
      }
    }

    /** Looks for the marks of an alphabet anywhere in a normalizer, pre-tokenizer or decoder. */
    private void spelling(JsonParser parser, JsonToken value) {
      if (!value.isStructStart()) {
        return;
      }
      int depth = 1;
      String key = "";
      while (depth > 0) {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.PROPERTY_NAME) {
          key = parser.currentName();
        } else if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.VALUE_STRING) {
          String text = parser.getString();
          byteLevel |= key.equals("type") && text.equals("ByteLevel");
          metaspace |= (key.equals("type") && text.equals("Metaspace")) || text.equals("\u2581");
          if (key.equals("Regex") && splitPatterns.size() < 16 && text.length() < 4000) {
            splitPatterns.add(text);
          }
        }
      }
    }

    private void model(JsonParser parser, JsonToken value) {
      if (value != JsonToken.START_OBJECT) {
        throw malformed("model", "an object", String.valueOf(value));
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (key) {
          case "type" -> type = token == JsonToken.VALUE_STRING ? parser.getString() : "";
          case "continuing_subword_prefix" ->
              continuing = token == JsonToken.VALUE_STRING ? parser.getString() : "";
          case "end_of_word_suffix" ->
              endOfWord = token == JsonToken.VALUE_STRING ? parser.getString() : "";
          case "vocab" -> vocabulary(parser, token);
          case "merges" -> mergeCount += merges(parser, token, firstMerges);
          default -> parser.skipChildren();
        }
      }
    }

    private void vocabulary(JsonParser parser, JsonToken start) {
      sawModel = true;
      if (start == JsonToken.START_ARRAY) {
        listed = true;
        while (parser.nextToken() == JsonToken.START_ARRAY) {
          if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw malformed("vocab", "pairs of a text and a score", "something else");
          }
          keep(parser.getString(), written.size());
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            parser.skipChildren();
          }
        }
        endOfList(parser, "vocab", "pairs of a text and a score");
        return;
      }
      if (start != JsonToken.START_OBJECT) {
        throw malformed("vocab", "an object or a list", String.valueOf(start));
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String token = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
          throw malformed("vocab", "a whole number for each text", "something else");
        }
        keep(token, parser.getLongValue());
      }
    }

    private void keep(String token, long id) {
      bounded(written.size());
      if (written.size() == ids.length) {
        ids = java.util.Arrays.copyOf(ids, ids.length * 2);
      }
      ids[written.size()] = id;
      written.add(token);
    }

    Tokenizer tokenizer() {
      TokenizerAlphabet alphabet = alphabet();
      TokenizerCollector collector = new TokenizerCollector(file);
      for (int i = 0; i < written.size(); i++) {
        collector.add(ids[i], withoutMarks(written.get(i), alphabet), alphabet, Role.TEXT);
      }
      written = List.of();
      added.forEach(token ->
          collector.add(
              token.id(),
              token.content(),
              TokenizerAlphabet.PLAIN,
              token.special() ? Role.CONTROL : Role.ADDED));
      return collector.build(
          kind(alphabet),
          new TokenizerTraits(
              Optional.empty(), new TreeMap<>(), splitPatterns, firstMerges, mergeCount, onDisk));
    }

    /** A suffix that ends a word is a space; another continuing prefix than ## becomes ##. */
    private String withoutMarks(String token, TokenizerAlphabet alphabet) {
      if (alphabet == TokenizerAlphabet.WORD_PIECE) {
        return !continuing.isEmpty() && !continuing.equals("##") && token.startsWith(continuing)
            ? "##" + token.substring(continuing.length())
            : token;
      }
      if (!endOfWord.isEmpty() && token.endsWith(endOfWord)) {
        return token.substring(0, token.length() - endOfWord.length())
            + (alphabet == TokenizerAlphabet.BYTE_LEVEL ? "\u0120" : " ");
      }
      return token;
    }

    private TokenizerAlphabet alphabet() {
      if (type.equals("WordPiece")) {
        return TokenizerAlphabet.WORD_PIECE;
      }
      if (byteLevel) {
        return TokenizerAlphabet.BYTE_LEVEL;
      }
      return metaspace || listed ? TokenizerAlphabet.METASPACE : TokenizerAlphabet.PLAIN;
    }

    private Kind kind(TokenizerAlphabet alphabet) {
      return switch (type) {
        case "Unigram" -> Kind.UNIGRAM;
        case "WordPiece" -> Kind.WORDPIECE;
        case "WordLevel" -> Kind.WORD_LEVEL;
        default -> {
          if (listed) {
            yield Kind.UNIGRAM;
          }
          if (mergeCount == 0 && !type.equals("BPE")) {
            yield Kind.UNKNOWN;
          }
          yield alphabet == TokenizerAlphabet.BYTE_LEVEL
              ? Kind.BYTE_LEVEL_BPE
              : Kind.SENTENCEPIECE_BPE;
        }
      };
    }

    private void bounded(int size) {
      if (size >= TokenizerCollector.MAXIMUM_TOKENS) {
        throw TokenizerCollector.fail(
            file,
            ErrorCode.TOO_MANY_ENTRIES,
            "",
            "at most " + TokenizerCollector.MAXIMUM_TOKENS + " tokens",
            "more of them");
      }
    }

    private dev.stemma.artifact.ArtifactException malformed(
        String place, String expected, String found) {
      return TokenizerCollector.fail(file, ErrorCode.MALFORMED_TOKENIZER, place, expected, found);
    }
  }

  /** Merge rules, as "left right" or as pairs; keeps the first ones as written. */
  static int merges(JsonParser parser, JsonToken start, List<String> first) {
    if (start != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return 0;
    }
    int count = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      boolean kept = count < TokenizerTraits.MERGES_KEPT;
      if (token == JsonToken.START_ARRAY) {
        StringBuilder pair = new StringBuilder();
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
          if (kept) {
            pair.append(pair.isEmpty() ? "" : " ").append(parser.getString());
          }
        }
        if (kept) {
          first.add(pair.toString());
        }
      } else if (token == JsonToken.VALUE_STRING && kept) {
        first.add(parser.getString());
      } else {
        parser.skipChildren();
      }
      count++;
    }
    return count;
  }
}
