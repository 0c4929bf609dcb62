package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.Investigation;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAI-compatible API over a tiny model whose tokens are single letters. */
class CompletionServerTest {
  private static final String LETTERS = " abcdefghijklmnopqrstuvwxyz.,!?<>/[]0123";

  @TempDir static Path folder;
  private static Investigation investigation;
  private static LoadedModel model;
  private static CompletionServer server;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    Path place = TinyLlama.write(folder.resolve("tiny"), 2, 7);
    ObjectNode vocabulary = JsonMapper.shared().createObjectNode();
    for (int i = 0; i < LETTERS.length(); i++) {
      vocabulary.put(LETTERS.substring(i, i + 1), i);
    }
    ObjectNode tokenizer = JsonMapper.shared().createObjectNode().put("version", "1.0");
    tokenizer.putArray("added_tokens");
    tokenizer.putObject("decoder").put("type", "Fuse");
    ObjectNode bpe = tokenizer.putObject("model").put("type", "BPE");
    bpe.set("vocab", vocabulary);
    bpe.putArray("merges");
    Files.writeString(place.resolve("tokenizer.json"), tokenizer.toString());
    Files.writeString(
        place.resolve("chat_template.jinja"),
        "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}");
    investigation = new Investigation(Sources.standard(), 1, Progress.NONE);
    model = LoadedModel.open(investigation, place.toString());
    server = CompletionServer.start(model, 0);
  }

  @AfterAll
  static void stop() {
    server.close();
    investigation.close();
  }

  private static HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode answer(String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = post(path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void echoedLogProbabilitiesAreTheModelsOwn() throws IOException, InterruptedException {
    JsonNode logprobs =
        answer(
                "/completions",
                "{\"prompt\":\"hello there\",\"max_tokens\":0,\"echo\":true,\"logprobs\":3}")
            .at("/choices/0/logprobs");
    Sequence sequence = model.decoder().begin();
    List<Integer> ids = model.requireCodec().encode("hello there");
    assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
    for (int i = 1; i < ids.size(); i++) {
      float[] logits = sequence.read(ids.get(i - 1), ids.size());
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit);
      }
      assertThat(logprobs.get("tokens").get(i).asString())
          .isEqualTo("hello there".substring(i, i + 1));
      assertThat(logprobs.get("token_ids").get(i).asInt()).isEqualTo(ids.get(i));
      assertThat(logprobs.get("token_logprobs").get(i).asDouble())
          .isCloseTo(logits[ids.get(i)] - Math.log(sum), within(1e-5));
      assertThat(logprobs.get("top_logprobs").get(i).size()).isEqualTo(3);
    }
  }

  @Test
  void aStreamIsTheWholeAnswerInPieces() throws IOException, InterruptedException {
    String request = "{\"prompt\":\"ab\",\"max_tokens\":12,\"seed\":5,\"temperature\":1%s}";
    String whole = answer("/completions", request.formatted("")).at("/choices/0/text").asString();
    String stream = post("/completions", request.formatted(",\"stream\":true")).body();
    assertThat(stream).endsWith("data: [DONE]\n\n");
    String pieces =
        Stream.of(stream.split("\n\n"))
            .map(event -> event.substring("data: ".length()))
            .filter(data -> !data.equals("[DONE]"))
            .map(data -> JsonMapper.shared().readTree(data).at("/choices/0/text").asString())
            .collect(Collectors.joining());
    assertThat(pieces).isEqualTo(whole).hasSize(12);
    String stop = whole.substring(5, 7);
    String stopped =
        answer("/completions", request.formatted(",\"stop\":[\"" + stop + "\"]"))
            .at("/choices/0/text")
            .asString();
    assertThat(stopped).isEqualTo(whole.substring(0, whole.indexOf(stop)));
  }

  @Test
  void chatTakesTheTemplate() throws IOException, InterruptedException {
    String sampling = "\"max_tokens\":4,\"temperature\":0";
    String chat =
        answer(
                "/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]," + sampling + "}")
            .at("/choices/0/message/content")
            .asString();
    String plain =
        answer("/completions", "{\"prompt\":\"[user]hi\"," + sampling + "}")
            .at("/choices/0/text")
            .asString();
    assertThat(chat).isEqualTo(plain).hasSize(4);
  }

  @Test
  void requestsAtTheSameTimeDoNotMix() {
    List<CompletableFuture<String>> answers =
        Stream.generate(() ->
                CLIENT
                    .sendAsync(
                        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/completions"))
                            .POST(
                                HttpRequest.BodyPublishers.ofString(
                                    "{\"prompt\":\"q\",\"max_tokens\":20,\"seed\":9,\"n\":2}"))
                            .build(),
                        HttpResponse.BodyHandlers.ofString())
                    .thenApply(response ->
                        JsonMapper.shared().readTree(response.body()).get("choices").toString()))
            .limit(8)
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/completions | x{ | 400",
        "/completions | [] | 400",
        "/completions | {} | 400",
        "/completions | {\"prompt\":\"\"} | 400",
        "/completions | {\"prompt\":[1,40]} | 400",
        "/completions | {\"prompt\":[1,-1]} | 400",
        "/completions | {\"prompt\":[[1],\"a\",5]} | 400",
        "/completions | {\"prompt\":\"a\",\"max_tokens\":65} | 400",
        "/completions | {\"prompt\":\"a\",\"max_tokens\":-1} | 400",
        "/completions | {\"prompt\":\"a\",\"temperature\":-0.5} | 400",
        "/completions | {\"prompt\":\"a\",\"top_p\":\"high\"} | 400",
        "/completions | {\"prompt\":\"a\",\"logprobs\":21} | 400",
        "/completions | {\"prompt\":\"a\",\"stream\":\"yes\"} | 400",
        "/chat/completions | {\"messages\":[]} | 400",
        "/chat/completions | {\"messages\":[{\"content\":\"a\"}]} | 400",
        "/nothing | {} | 404",
        "/models | {} | 405"
      })
  void badRequestsAreTold(String path, String body, int status)
      throws IOException, InterruptedException {
    HttpResponse<String> response = post(path, body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(response.body()).at("/error/message").asString())
        .isNotBlank();
  }

  @Test
  void aBodyWithoutEndIsRefused() throws IOException, InterruptedException {
    assertThat(post("/completions", " ".repeat(5 << 20)).statusCode()).isEqualTo(413);
    assertThat(post("/completions", " ".repeat(50 << 20)).statusCode()).isEqualTo(413);
  }
}
