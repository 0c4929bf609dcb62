package dev.stemma.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.GuestAccess;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueExchange;
import dev.stemma.source.Trust;
import dev.stemma.source.remote.NetworkPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server on a free port, and a client that keeps its cookies. */
public final class RunningServer implements AutoCloseable {
  private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([0-9a-f]*)\"");

  public final WebServer server;
  public final List<Throwable> defects = Collections.synchronizedList(new ArrayList<>());
  private final HttpClient client = HttpClient.newHttpClient();
  private final ApiContract contract = new ApiContract(document());
  private @Nullable String cookie;

  public RunningServer(Path data, @Nullable String token, WebSettings.Limits limits) {
    Path catalogue = data.resolve("catalogue.db");
    try (Catalogue known = Catalogue.open(catalogue)) {
      CatalogueExchange.addShipped(known);
    }
    server =
        WebServer.start(
            new WebSettings(
                "127.0.0.1",
                0,
                null,
                token,
                new GuestAccess(
                    data, null, catalogue, Trust.of(List.of()), NetworkPolicy.PUBLIC_ONLY),
                2,
                1,
                limits),
            null,
            defects::add);
  }

  public RunningServer(Path data) {
    this(data, null, WebSettings.Limits.STANDARD);
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      if (cookie != null) {
        request.header("Cookie", cookie);
      }
      HttpResponse<String> answer =
          client.send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofString());
      answer.headers().allValues("set-cookie").stream()
          .filter(text -> text.startsWith(Sessions.COOKIE + "="))
          .forEach(text -> cookie = text.substring(0, text.indexOf(';')));
      keepsItsPromise(answer);
      return answer;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every answer to a program, in every test, is one that the OpenAPI document describes. */
  private void keepsItsPromise(HttpResponse<String> answer) {
    String path = answer.request().uri().getPath();
    if (path.startsWith("/api/")) {
      assertThat(
              contract.problems(
                  answer.request().method(),
                  path,
                  answer.statusCode(),
                  answer.headers().firstValue("content-type").orElse(""),
                  answer.body()))
          .as("%s %s: %s", answer.request().method(), path, answer.body())
          .isEmpty();
    }
  }

  HttpResponse<String> get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> page(String path) {
    return get(path, "Accept", "text/html");
  }

  /** As a script would, without cookies. */
  HttpResponse<String> post(String path, String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** The server's OpenAPI document. */
  static JsonNode document() {
    return JsonMapper.shared().readTree(ApiHandlers.openapi());
  }

  static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  /** The form token of a page. */
  String formToken(String path) {
    Matcher form = FORM.matcher(page(path).body());
    return form.find() ? form.group(1) : "";
  }

  /** Sends fields of a form. */
  HttpResponse<String> form(String path, String fields) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "text/html")
            .POST(HttpRequest.BodyPublishers.ofString(fields)));
  }

  /** Brings the files of a folder. */
  String upload(String name, Path folder) throws IOException {
    String boundary = "stemma-test-boundary";
    var body = new java.io.ByteArrayOutputStream();
    part(body, boundary, "name=\"name\"", name.getBytes(StandardCharsets.UTF_8));
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        part(
            body,
            boundary,
            "name=\"files\"; filename=\"" + file.getFileName() + "\"",
            Files.readAllBytes(file));
      }
    }
    body.write(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri("/api/uploads"))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    return answer.statusCode() == 201
        ? json(answer).path("reference").asString()
        : answer.statusCode() + " " + answer.body();
  }

  private static void part(
      java.io.ByteArrayOutputStream body, String boundary, String disposition, byte[] content)
      throws IOException {
    body.write(
        ("--" + boundary + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    body.write(content);
    body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Starts a comparison; its id. */
  String compare(String a, String b) {
    return json(post("/api/jobs", "{\"models\":[\"" + a + "\",\"" + b + "\"]}"))
        .path("id")
        .asString();
  }

  /** Waits until a job ends. */
  JsonNode ended(String id) throws InterruptedException {
    for (int tries = 0; tries < 600; tries++) {
      JsonNode job = json(get("/api/jobs/" + id));
      if (!List.of("queued", "running").contains(job.path("state").asString())) {
        return job;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the job does not end");
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
