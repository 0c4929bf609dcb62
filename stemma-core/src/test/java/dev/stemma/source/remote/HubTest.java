package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.JsonReport;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.source.Trust;
import dev.stemma.testing.TinyLlama;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that lists and redirects as the hub does, and another that stores. */
class HubTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String TOKEN = "hf_secret";

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private FaultyServer hub;
  private FaultyServer storage;
  private boolean gated;

  @BeforeEach
  void start() throws Exception {
    hub = new FaultyServer("127.0.0.1");
    storage = new FaultyServer("127.0.0.2");
    TinyLlama.write(folder.resolve("one"), 3, 1);
    TinyLlama.write(folder.resolve("two"), 3, 2);
    publish("org/one", folder.resolve("one"));
    publish("org/two", folder.resolve("two"));
    hub.fault =
        (request, response, callback) -> {
          String path = Request.getPathInContext(request);
          if (gated && !("Bearer " + TOKEN).equals(request.getHeaders().get("Authorization"))) {
            return FaultyServer.say(response, callback, 401, "gated");
          }
          if (!path.contains("/resolve/" + COMMIT + "/")) {
            return false;
          }
          response.getHeaders().put("X-Linked-Etag", '"' + path + '"');
          response.getHeaders().put("Location", storage.uri(path).toString());
          return FaultyServer.say(response, callback, 302, "");
        };
    environment.put("HF_ENDPOINT", hub.uri("").toString());
    environment.put("HF_HOME", folder.resolve("hf-home").toString());
  }

  private void publish(String name, Path model) throws Exception {
    StringBuilder files = new StringBuilder();
    for (String file : List.of("config.json", "model.safetensors")) {
      files.append(files.isEmpty() ? "" : ",");
      files.append(
          "{\"rfilename\":\"%s\",\"size\":%d}".formatted(file, Files.size(model.resolve(file))));
    }
    byte[] listing =
        "{\"sha\":\"%s\",\"siblings\":[%s]}"
            .formatted(COMMIT, files)
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    hub.put("/api/models/" + name + "/revision/main", listing);
    storage.serve("/" + name + "/resolve/" + COMMIT, model);
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    storage.close();
  }

  private Sources sources(Path cache) {
    return RemoteSources.of(cache, 1_000_000_000, environment, folder);
  }

  /** The report without what may differ: references and the time. */
  private String report(Path cache, String a, String b) throws Exception {
    try (Investigation investigation = new Investigation(sources(cache), 2, Progress.NONE)) {
      StringWriter out = new StringWriter();
      new JsonReport()
          .write(
              investigation.compare(
                  new Investigation.Request(
                      a, b, List.of(), List.of(), Scope.PLANNED, "stemma compare")),
              out);
      return out.toString()
          .replaceAll("\"(reference|time|name)\" ?: ?\"[^\"]*\"", "")
          .replaceAll("\"notes\" ?: ?\\[[^\\]]*]", "")
          .replace(a, "A")
          .replace(b, "B")
          .replaceAll("\\b(org/)?(one|two)\\b", "M");
    }
  }

  @Test
  void sameReportFromEverywhere() throws Exception {
    String local =
        report(
            folder.resolve("c0"),
            folder.resolve("one").toString(),
            folder.resolve("two").toString());
    Path cache = folder.resolve("c1");
    assertThat(report(cache, "hf:org/one", "hf:org/two")).isEqualTo(local);
    int asked = storage.seen.size();
    assertThat(report(cache, "hf:org/one", "hf:org/two")).isEqualTo(local);
    assertThat(storage.seen).hasSize(asked);
    storage.serve("/one", folder.resolve("one"));
    storage.serve("/two", folder.resolve("two"));
    String one = storage.uri("/one").toString();
    String two = storage.uri("/two").toString();
    assertThat(report(folder.resolve("c2"), one, two)).isEqualTo(local);
  }

  @Test
  void tokenGoesToTheHubAlone() throws Exception {
    gated = true;
    environment.put("HF_TOKEN", TOKEN);
    report(folder.resolve("c"), "hf:org/one", "hf:org/two");
    assertThat(hub.seen).allMatch(seen -> seen.authorization().equals("Bearer " + TOKEN));
    assertThat(storage.seen).isNotEmpty().allMatch(seen -> seen.authorization().equals("null"));
  }

  /** As a web server does: what others write is read as anybody would read it. */
  private Sources forOthers(Path cache, Trust trust) {
    return new Sources(
        cache,
        () ->
            Remote.forOthers(
                cache, 1_000_000_000, NetworkPolicy.COMMAND_LINE, environment, folder, trust));
  }

  @Test
  void othersGetTheTokenForTrustedPrefixesOnly() throws Exception {
    environment.put("HF_TOKEN", TOKEN);
    Files.createDirectories(folder.resolve("hf-home"));
    Files.writeString(folder.resolve("hf-home/token"), TOKEN + "\n");
    forOthers(folder.resolve("c1"), Trust.of(List.of())).resolve("hf:org/one", Progress.NONE);
    assertThat(hub.seen).isNotEmpty().allMatch(seen -> seen.authorization().equals("null"));

    Sources some = forOthers(folder.resolve("c2"), Trust.of(List.of("hf:org/one")));
    some.resolve("hf:org/two", Progress.NONE);
    some.resolve("hf:org/one", Progress.NONE);
    List<FaultyServer.Seen> shown =
        List.copyOf(hub.seen).stream()
            .filter(seen -> !seen.authorization().equals("null"))
            .toList();
    assertThat(shown).isNotEmpty().allMatch(seen -> seen.path().contains("/org/one/"));
  }

  @Test
  void tokenFileOfTheHubsProgramsIsRead() throws Exception {
    gated = true;
    Files.createDirectories(folder.resolve("hf-home"));
    Files.writeString(folder.resolve("hf-home/token"), TOKEN + "\n");
    report(folder.resolve("c"), "hf:org/one", "hf:org/two");
    assertThat(storage.seen).isNotEmpty();
  }

  @Test
  void saysHowToGetAtAGatedModel() {
    gated = true;
    ArtifactException failure =
        catchThrowableOfType(
            ArtifactException.class, () -> report(folder.resolve("c"), "hf:org/one", "hf:org/two"));
    assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(failure.nextStep()).contains("HF_TOKEN");
    environment.put("HF_TOKEN", "wrong");
    assertThat(
            catchThrowableOfType(
                    ArtifactException.class,
                    () -> report(folder.resolve("c"), "hf:org/one", "hf:org/two"))
                .nextStep())
        .contains("another token");
  }

  @Test
  void whatTheHubsProgramsDownloadedIsReadHere() throws Exception {
    Path repository = folder.resolve("hf-home/hub/models--org--one");
    Path snapshot = repository.resolve("snapshots").resolve(COMMIT);
    Files.createDirectories(snapshot);
    Files.createDirectories(repository.resolve("blobs"));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), COMMIT);
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(folder.resolve("one").resolve(name), repository.resolve("blobs").resolve(name));
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs").resolve(name));
    }
    report(folder.resolve("c"), "hf:org/one", "hf:org/two");
    assertThat(storage.seen).noneMatch(seen -> seen.path().startsWith("/org/one"));
    hub.fault = (request, response, callback) -> FaultyServer.say(response, callback, 503, "down");
    try (Investigation investigation =
        new Investigation(sources(folder.resolve("c")), 1, Progress.NONE)) {
      assertThat(investigation.open("hf:org/one").model().notes())
          .anyMatch(note -> note.contains("not asked"));
    }
  }

  /** 1 of 20 answers is an error, a cut or a lie; the result is the same bits or an error. */
  @Test
  void faultsChangeNoResult() throws Exception {
    int runs = Integer.getInteger("stemma.faulty.runs", 4);
    String right =
        report(
            folder.resolve("c0"),
            folder.resolve("one").toString(),
            folder.resolve("two").toString());
    Random random = new Random(11);
    FaultyServer.Fault faults =
        (request, response, callback) -> {
          int dice;
          synchronized (random) {
            dice = random.nextInt(100);
          }
          return switch (dice) {
            case 0 -> FaultyServer.say(response, callback, 503, "busy");
            case 1 -> FaultyServer.say(response, callback, 429, "busy");
            case 2, 3 -> storage.cut(request, response, callback);
            case 4 -> {
              response.setStatus(206);
              response.getHeaders().put("Content-Range", "bytes 9-18/77");
              response.write(true, java.nio.ByteBuffer.allocate(10), callback);
              yield true;
            }
            default -> false;
          };
        };
    storage.fault = faults;
    int failed = 0;
    for (int run = 0; run < runs; run++) {
      Path cache = folder.resolve("faulty" + run);
      try {
        assertThat(report(cache, "hf:org/one", "hf:org/two")).isEqualTo(right);
      } catch (ArtifactException e) {
        failed++;
      }
    }
    System.out.println("faulty runs " + runs + ", wrong 0, ended in an error " + failed);
    assertThat(failed).isLessThanOrEqualTo(runs / 20 + 1);
  }

  @Test
  void endpointMustBeAnAddress() {
    environment.put("HF_ENDPOINT", "nonsense");
    assertThat(
            catchThrowableOfType(ArtifactException.class, () -> HubSettings.of(environment, folder))
                .code())
        .isEqualTo(ErrorCode.BAD_ARGUMENT);
    assertThat(HubSettings.of(Map.of(), folder).origin(URI.create("https://x.org/y")).authoriser())
        .isEqualTo(Authoriser.NONE);
  }
}
