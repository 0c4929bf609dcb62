package dev.stemma.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.testing.TinyLlama;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The server as browsers and programs see it. */
class WebServerTest {
  @TempDir Path folder;

  @Test
  void filesAreUploadedComparedAndTheReportReadInBothLanguages() throws Exception {
    Path a = TinyLlama.write(folder.resolve("a"), 2, 1);
    Path b = TinyLlama.write(folder.resolve("b"), 2, 2);
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      String first = server.upload("First <b>model</b>", a);
      String second = server.upload("둘째 모델", b);
      assertThat(first).matches("upload:[0-9a-f]{32}");
      String id = server.compare(first, second);
      JsonNode job = server.ended(id);
      assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("done");
      assertThat(job.path("title").asString()).isEqualTo("First bmodelb / 둘째 모델");
      JsonNode report = RunningServer.json(server.get("/api/jobs/" + id + "/report.json"));
      assertThat(report.path("schema").asString()).isEqualTo("stemma.report/1");
      assertThat(report.path("a").path("name").asString()).isEqualTo("First bmodelb");

      HttpResponse<String> english = server.page("/jobs/" + id);
      assertThat(english.body()).contains("<html lang=\"en\">").contains("First bmodelb");
      assertThat(english.body()).contains("class=\"site\"").doesNotContain(folder.toString());
      assertThat(english.headers().firstValue("content-security-policy").orElseThrow())
          .contains("default-src 'none'")
          .contains("sha256-")
          .contains("frame-ancestors 'none'");
      assertThat(server.page("/jobs/" + id + "?language=ko").body()).contains("<html lang=\"ko\">");
      for (JsonNode name : job.path("documents")) {
        HttpResponse<String> file = server.get("/jobs/" + id + "/report." + name.asString());
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).doesNotContain(folder.toString());
      }
      assertThat(server.page("/jobs").body()).contains("/jobs/" + id);
      assertThat(server.defects).isEmpty();
    }
  }

  @Test
  void aSharedReportIsReadWithoutTheToken() throws Exception {
    Path a = TinyLlama.write(folder.resolve("a"), 1, 1);
    String token = "a-token-of-some-length";
    try (RunningServer server =
        new RunningServer(folder.resolve("data"), token, WebSettings.Limits.STANDARD)) {
      assertThat(server.get("/api/jobs").statusCode()).isEqualTo(401);
      assertThat(server.get("/api/jobs", "Authorization", "Bearer wrong").statusCode())
          .isEqualTo(401);
      assertThat(server.get("/mcp").statusCode()).isEqualTo(401);
      HttpResponse<String> sent = server.page("/jobs");
      assertThat(sent.statusCode()).isEqualTo(303);
      assertThat(sent.headers().firstValue("location")).hasValue("/login");

      String form = server.formToken("/login");
      assertThat(server.form("/login", "form=" + form + "&token=wrong").statusCode())
          .isEqualTo(403);
      assertThat(server.form("/login", "token=" + token).statusCode()).isEqualTo(403);
      assertThat(server.form("/login", "form=" + form + "&token=" + token).statusCode())
          .isEqualTo(303);
      assertThat(server.page("/jobs").statusCode()).isEqualTo(200);

      try (HttpClient other = HttpClient.newHttpClient()) {
        String id = posted(other, server, token, a);
        JsonNode job = server.ended(id);
        assertThat(job.path("state").asString()).isEqualTo("done");
        String page = server.formToken("/jobs/" + id + "/share");
        server.form("/jobs/" + id + "/share", "form=" + page);
        String shared = RunningServer.json(server.get("/api/jobs/" + id)).path("shared").asString();
        assertThat(anonymous(other, server.uri(shared)).statusCode()).isEqualTo(200);
        assertThat(anonymous(other, server.uri("/jobs/" + id)).statusCode()).isEqualTo(401);
        server.form("/jobs/" + id + "/unshare", "form=" + page);
        assertThat(anonymous(other, server.uri(shared)).statusCode()).isEqualTo(404);
      }
    }
  }

  private static String posted(HttpClient client, RunningServer server, String token, Path model)
      throws Exception {
    HttpResponse<String> upload =
        client.send(
            HttpRequest.newBuilder(server.uri("/api/uploads"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "--x\r\nContent-Disposition: form-data; name=\"files\";"
                            + " filename=\"config.json\"\r\n\r\n"
                            + Files.readString(model.resolve("config.json"))
                            + "\r\n--x--\r\n"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    String reference = RunningServer.json(upload).path("reference").asString();
    HttpResponse<String> job =
        client.send(
            HttpRequest.newBuilder(server.uri("/api/jobs"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"models\":[\"" + reference + "\",\"" + reference + "\"]}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(job.statusCode()).as(job.body()).isEqualTo(202);
    return RunningServer.json(job).path("id").asString();
  }

  private static HttpResponse<String> anonymous(HttpClient client, URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void nothingOfThisMachineCanBeNamed() {
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      for (String reference :
          new String[] {
            "/etc/passwd",
            "file:///etc/passwd",
            "../..",
            "~",
            "http://127.0.0.1/x",
            "s3://b/x",
            "openai:http://127.0.0.1",
            "upload:../key",
            "upload:" + "0".repeat(32),
            "catalogue:/etc/passwd",
            "hf:a/b++/etc/passwd",
            "\\\\\\\\host\\\\share"
          }) {
        HttpResponse<String> answer =
            server.post("/api/jobs", "{\"models\":[\"" + reference + "\",\"hf:a/b\"]}");
        assertThat(answer.statusCode()).as(reference).isEqualTo(400);
        assertThat(answer.body()).doesNotContain(folder.toString()).doesNotContain("root:");
      }
    }
  }

  @Test
  void privateAddressesAreNotAskedAndNotDescribed() throws Exception {
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      for (String address : new String[] {"https://localhost/m/", "https://[::1]/m/"}) {
        JsonNode job = server.ended(server.compare(address, address));
        assertThat(job.path("error").path("code").asString()).isEqualTo("ADDRESS_REFUSED");
        assertThat(job.path("error").path("found").asString()).isEqualTo("another");
      }
    }
  }

  @Test
  void otherHostsAndOriginsAreRefused() throws Exception {
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      int port = server.server.port();
      assertThat(raw(port, "GET / HTTP/1.1\r\nHost: evil.example:" + port)).contains(" 421 ");
      assertThat(raw(port, "GET / HTTP/1.1\r\nHost: localhost:" + port)).contains(" 200 ");
      for (String odd : new String[] {"/jobs/%u002e", "/shared/%", "/jobs/x/report.%zz", "/%2"}) {
        assertThat(raw(port, "GET " + odd + " HTTP/1.1\r\nHost: localhost:" + port))
            .as(odd)
            .contains(" 400 ");
      }
      String json = "{\"models\":[\"hf:a/b\",\"hf:a/b\"]}";
      assertThat(server.post("/api/jobs", json, "Origin", "http://evil.example").statusCode())
          .isEqualTo(403);
      assertThat(server.post("/api/jobs", json, "Origin", "null").statusCode()).isEqualTo(403);
      assertThat(server.post("/api/jobs", json, "Sec-Fetch-Site", "cross-site").statusCode())
          .isEqualTo(403);
      assertThat(server.post("/mcp", "{}", "Origin", "http://evil.example").statusCode())
          .isEqualTo(403);
      server.page("/");
      assertThat(server.post("/api/jobs", json).statusCode())
          .as("a cookie without its form token")
          .isEqualTo(403);
      assertThat(server.form("/jobs", "kind=compare&a=hf:a/b&b=hf:a/b").statusCode())
          .isEqualTo(403);
    }
  }

  private static String raw(int port, String head) throws IOException {
    try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return String.valueOf(
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine());
    }
  }

  @Test
  void clientsHaveTheirShare() {
    WebSettings.Limits limits =
        new WebSettings.Limits(3, 1, 5, 2, 1 << 20, 1 << 20, java.time.Duration.ofMinutes(1));
    try (RunningServer server = new RunningServer(folder.resolve("data"), null, limits)) {
      Set<Integer> statuses = new TreeSet<>();
      for (int request = 0; request < 60; request++) {
        statuses.add(server.get("/jobs").statusCode());
      }
      assertThat(statuses).containsExactly(200, 429);
    }
  }

  @Test
  void anUploadBeyondTheLimitIsRefused() throws IOException {
    WebSettings.Limits limits =
        new WebSettings.Limits(100, 5, 5, 2, 1000, 5000, java.time.Duration.ofMinutes(1));
    Path large = Files.createDirectories(folder.resolve("large"));
    Files.write(large.resolve("model.safetensors"), new byte[3_000_000]);
    Path odd = Files.createDirectories(folder.resolve("odd"));
    Files.writeString(odd.resolve("run.sh"), "x");
    try (RunningServer server = new RunningServer(folder.resolve("data"), null, limits)) {
      assertThat(server.upload("x", large)).startsWith("4");
      assertThat(server.upload("x", odd)).startsWith("400");
      try (var left = Files.list(folder.resolve("data/uploads"))) {
        assertThat(left).isEmpty();
      }
      assertThat(server.defects).isEmpty();
    }
  }

  @Test
  void beyondLoopbackATokenIsNeeded() {
    assertThatThrownBy(() ->
            WebServer.start(
                    new WebSettings(
                        "0.0.0.0",
                        0,
                        null,
                        null,
                        new dev.stemma.GuestAccess(
                            folder.resolve("data"),
                            null,
                            null,
                            dev.stemma.source.Trust.of(java.util.List.of()),
                            dev.stemma.source.remote.NetworkPolicy.PUBLIC_ONLY),
                        1,
                        1,
                        WebSettings.Limits.STANDARD),
                    null,
                    problem -> {})
                .close())
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("token");
  }

  @Test
  void everyAddressForProgramsIsInTheOpenApiDocumentAndTheOtherWayRound() {
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      JsonNode document = RunningServer.json(server.get("/api/openapi.json"));
      assertThat(document.path("openapi").asString()).startsWith("3.1");
      Set<String> described = new TreeSet<>();
      document
          .path("paths")
          .properties()
          .forEach(path ->
              path.getValue()
                  .properties()
                  .forEach(method -> {
                    if (!method.getKey().equals("parameters")) {
                      described.add(
                          method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    }
                  }));
      Set<String> served = new TreeSet<>();
      server
          .server
          .routes()
          .forEach(route -> {
            if (route.path().startsWith("/api/")) {
              served.add(route.method() + " " + route.path());
            }
          });
      assertThat(described).isEqualTo(served);
      for (JsonNode reference : document.findValues("$ref")) {
        String[] steps = reference.asString().substring(2).split("/", -1);
        JsonNode found = document;
        for (String step : steps) {
          found = found.path(step);
        }
        assertThat(found.isMissingNode()).as(reference.asString()).isFalse();
      }
    }
  }

  @Test
  void anAnswerThatIsNotDescribedIsNoticed() {
    ApiContract contract = new ApiContract(RunningServer.document());
    String json = "application/json; charset=utf-8";
    assertThat(contract.problems("GET", "/api/jobs", 200, json, "{\"jobs\":[],\"next\":null}"))
        .isEmpty();
    assertThat(contract.problems("GET", "/api/jobs", 200, json, "{\"jobs\":[]}")).isNotEmpty();
    assertThat(
            contract.problems(
                "GET", "/api/jobs", 200, json, "{\"jobs\":[],\"next\":null,\"more\":1}"))
        .isNotEmpty();
    assertThat(
            contract.problems(
                "GET", "/api/jobs", 200, json, "{\"jobs\":[{\"id\":7}],\"next\":null}"))
        .isNotEmpty();
    assertThat(contract.problems("GET", "/api/jobs", 418, json, "{}")).isNotEmpty();
    assertThat(contract.problems("GET", "/api/jobs", 302, json, "{}")).isNotEmpty();
    assertThat(contract.problems("GET", "/api/jobs", 200, "text/plain", "x")).isNotEmpty();
    assertThat(contract.problems("GET", "/api/other", 200, json, "{}")).isNotEmpty();
  }

  @Test
  void answersAreWhatTheOpenApiDocumentSays() throws Exception {
    Path a = TinyLlama.write(folder.resolve("a"), 1, 1);
    try (RunningServer server = new RunningServer(folder.resolve("data"))) {
      String model = server.upload("A", a);
      String id = server.compare(model, model);
      server.ended(id);
      assertThat(server.get("/api/jobs").statusCode()).isEqualTo(200);
      assertThat(server.get("/api/catalogue").body()).contains("parameters");
      assertThat(server.get("/api/catalogue?from=x&name=%00").statusCode()).isEqualTo(200);
      assertThat(server.get("/api/jobs/" + id + "/events").statusCode()).isEqualTo(200);
      assertThat(server.get("/api/jobs/" + id + "/report.svg").statusCode()).isEqualTo(404);
      assertThat(server.post("/api/jobs/" + id + "/share", "").statusCode()).isEqualTo(200);
      assertThat(server.post("/api/jobs/" + id + "/unshare", "").statusCode()).isEqualTo(200);
      assertThat(server.post("/api/jobs/" + id + "/cancel", "").statusCode()).isEqualTo(200);
      for (String body :
          new String[] {"", "[]", "{", "{\"models\":7}", "{\"kind\":\"x\"}", "\u0000"}) {
        assertThat(server.post("/api/jobs", body).statusCode()).as(body).isEqualTo(400);
      }
      assertThat(server.get("/api/jobs/x").statusCode()).isEqualTo(404);
      assertThat(server.get("/api/nothing").statusCode()).isEqualTo(404);
      assertThat(server.post("/api/catalogue", "{}").statusCode()).isEqualTo(405);
      assertThat(server.get("/api/jobs", "Origin", "http://evil.example").statusCode())
          .isEqualTo(403);
      assertThat(
              server
                  .send(
                      HttpRequest.newBuilder(server.uri("/api/jobs"))
                          .POST(HttpRequest.BodyPublishers.ofString("models=x")))
                  .statusCode())
          .isEqualTo(415);
      assertThat(
              server
                  .send(HttpRequest.newBuilder(server.uri("/api/jobs/" + id)).DELETE())
                  .statusCode())
          .isEqualTo(204);
    }
  }

  @Test
  void bothLanguagesHaveTheSameTexts() throws IOException {
    Set<String> english = keys("web.properties");
    assertThat(keys("web_ko.properties")).isEqualTo(english);
  }

  private static Set<String> keys(String name) throws IOException {
    java.util.Properties properties = new java.util.Properties();
    try (var in = WebServer.class.getResourceAsStream(name);
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    return new TreeSet<>(properties.stringPropertyNames());
  }
}
