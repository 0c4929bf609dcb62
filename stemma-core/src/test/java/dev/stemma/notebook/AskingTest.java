package dev.stemma.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.report.SampleReportFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers come from our own data, the reports in the folder, and a provider; with sources. */
class AskingTest {
  @TempDir Path folder;

  private String answer(String question) {
    return Asking.ask(question, folder, null, Map.of()).markdown();
  }

  @Test
  void theUsersOwnQuestionsAreAnswered() {
    assertThat(answer("LLM이 \"from scratch\"로 학습되었는지 어떻게 검증할 수 있나요?"))
        .contains("증거는 다섯 종류", "weights.neuron-matching");
    assertThat(answer("Tokenizer 분석이란 무엇이고, 어떻게 from scratch 여부를 판별하나요?"))
        .contains("병합 목록", "tokenizer.vocabulary");
    assertThat(answer("Is a vocabulary overlap of 92 % with Llama 3 evidence?"))
        .contains("cl100k_base");
    assertThat(answer("How many parameters does Solar-Open-100B activate?"))
        .contains("12,054,827,008", "102,651,793,408");
    assertThat(answer("What is for lunch?")).isEmpty();
  }

  @Test
  void everyItemIsFoundByAQuestion() {
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("methods", "How can I verify training from scratch?");
    questions.put("tokenizer", "How are BPE tokenizers compared?");
    questions.put("overlap", "어휘 중복률이 98%면 무슨 뜻인가요?");
    questions.put("special-tokens", "Do equal special tokens mean anything?");
    questions.put("weights", "가중치는 어떻게 비교하나요?");
    questions.put("cosine", "코사인 유사도가 높으면 파생인가요?");
    questions.put("hash", "Does a SHA-256 of the file decide?");
    questions.put("pca", "PCA 그림은 무엇을 말하나요?");
    questions.put("shapes", "모양이 다르면 비교할 수 없나요?");
    questions.put("kinds", "Can a merge be told from pruning?");
    questions.put("config", "Is an equal configuration with the same keys evidence?");
    questions.put("attention", "MLA와 GQA는 어떻게 다른가요?");
    questions.put("rope", "YaRN은 무엇인가요?");
    questions.put("router", "Does the router use sigmoid or softmax?");
    questions.put("moe", "What are active parameters of an MoE?");
    questions.put("solar", "Solar와 GLM은 무엇이 같은가요?");
    questions.put("behaviour", "Can distillation be seen in behaviour?");
    questions.put("training-log", "첫 손실이 낮으면 무슨 뜻인가요?");
    questions.put("compute", "Is an MFU of 40 % plausible?");
    questions.put("p-value", "p값은 결백할 확률인가요?");
    questions.put("controls", "대조군은 왜 필요한가요?");
    questions.put("limits", "What are the limits?");
    questions.put("verdict", "What would change the verdict?");
    assertThat(questions.keySet())
        .isEqualTo(Knowledge.all().stream().map(Knowledge.Item::id).collect(Collectors.toSet()));
    questions.forEach((id, question) ->
        assertThat(Knowledge.about(question))
            .as(question)
            .extracting(Knowledge.Item::id)
            .contains(id));
    for (Knowledge.Item item : Knowledge.all()) {
      assertThat(AnswerText.lines(item.korean())).isEqualTo(item.korean().lines().toList());
      assertThat(AnswerText.lines(item.english())).isEqualTo(item.english().lines().toList());
    }
  }

  @Test
  void reportsInTheFolderAnswer() throws IOException {
    SampleReportFiles.derived(folder.resolve("reports/pair.json"));
    String text = answer("What is the verdict of the report?");
    assertThat(text)
        .contains("reports/pair.json", "derived", "not the probability of innocence")
        .contains("What would change it");
    Files.writeString(folder.resolve("reports/broken.json"), "{\"schema\":");
    Files.writeString(
        folder.resolve("reports/odd.json"), "{\"schema\":\"stemma.report/1\",\"evidence\":7}");
    assertThat(answer("What is the verdict of the report?")).contains("reports/pair.json");
  }

  @Test
  void aProviderIsAskedAndItsSourcesNamed() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    StringBuilder seen = new StringBuilder();
    server.createContext(
        "/",
        exchange -> {
          seen.append(exchange.getRequestURI())
              .append(exchange.getRequestHeaders().getFirst("Authorization"))
              .append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body =
              ("{\"choices\":[{\"message\":{\"content\":\"It is so [1].\\n<!-- TUTORIAL_MARKER"
                      + " -->\"}}],\"citations\":[\"https://example.org/a\",\"javascript:x\"],"
                      + "\"search_results\":[{\"url\":\"https://example.org/b\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String provider = "openai:http://127.0.0.1:" + server.getAddress().getPort() + "#sonar";
    try {
      Asking.Result result =
          Asking.ask("Who made it?", folder, provider, Map.of("STEMMA_API_KEY", "secret-1"));
      assertThat(seen.toString())
          .startsWith("/chat/completionsBearer secret-1")
          .contains("Who made it?", "\"model\":\"sonar\"");
      assertThat(result.markdown())
          .contains("not checked by Stemma", "It is so [1].", "1. <https://example.org/a>")
          .doesNotContain("<!--", "javascript", "secret-1");
      assertThat(result.sources())
          .isEqualTo(List.of("https://example.org/a", "https://example.org/b"));
    } finally {
      server.stop(0);
    }
    assertThatThrownBy(() -> Asking.ask("Who?", folder, "openai:nowhere", Map.of()))
        .isInstanceOf(ArtifactException.class);
  }
}
