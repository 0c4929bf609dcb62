package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
import dev.stemma.source.ByteSource;
import dev.stemma.source.Progress;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that wants its token, and storage to which it redirects. */
class RegistryTest {
  private static final byte[] MODEL = "GGUF and more".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private FaultyServer registry;
  private FaultyServer storage;
  private String host = "";
  private String digest = "";
  private String manifest = "";

  @BeforeEach
  void start() throws Exception {
    registry = new FaultyServer("127.0.0.1");
    storage = new FaultyServer("127.0.0.2");
    host = registry.uri("").getAuthority();
    digest = "sha256:" + Sha256.hex(Sha256.start(), MODEL);
    manifest = manifest("application/vnd.ollama.image.model");
    registry.put("/v2/library/tiny/manifests/latest", manifest.getBytes(StandardCharsets.UTF_8));
    registry.put("/token", "{\"token\":\"letmein\"}".getBytes(StandardCharsets.UTF_8));
    storage.put("/blob", MODEL);
    registry.fault =
        (request, response, callback) -> {
          String path = Request.getPathInContext(request);
          if (path.equals("/token")) {
            return false;
          }
          if (!"Bearer letmein".equals(request.getHeaders().get("Authorization"))) {
            String realm = registry.uri("/token").toString();
            response
                .getHeaders()
                .put(
                    "WWW-Authenticate",
                    "Bearer realm=\"" + realm + "\",service=\"r\",scope=\"pull\"");
            return FaultyServer.say(response, callback, 401, "who?");
          }
          if (path.startsWith("/v2/library/tiny/blobs/")) {
            response.getHeaders().put("Location", storage.uri("/blob").toString());
            return FaultyServer.say(response, callback, 307, "");
          }
          return false;
        };
  }

  private String manifest(String type) {
    return """
    {"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.license","digest":"x","size":1},
    {"mediaType":"%s","digest":"%s","size":%d}]}\
    """
        .formatted(type, digest, MODEL.length);
  }

  @AfterEach
  void stop() {
    registry.close();
    storage.close();
  }

  private Sources sources() {
    Path cache = folder.resolve("cache");
    return RemoteSources.of(
        cache, 1_000_000, Map.of("OLLAMA_MODELS", folder.resolve("pulled").toString()), folder);
  }

  private String read(String reference) {
    Sources sources = sources();
    try (ByteSource bytes = sources.open()) {
      SourceFiles files = sources.resolve(reference, Progress.NONE);
      var file = files.files().getFirst();
      assertThat(file.name()).isEqualTo("model.gguf");
      return new String(
          bytes.read(new ByteRange(file.uri(), 0, file.sizeBytes())).toArray(ValueLayout.JAVA_BYTE),
          StandardCharsets.UTF_8);
    }
  }

  @Test
  void readsTheLayerWithATokenForTheRegistryAlone() {
    assertThat(read("ollama:" + host + "/library/tiny")).isEqualTo("GGUF and more");
    assertThat(registry.seen).anyMatch(seen -> seen.authorization().equals("Bearer letmein"));
    assertThat(storage.seen).isNotEmpty().allMatch(seen -> seen.authorization().equals("null"));
  }

  @Test
  void whatIsPulledIsReadHere() throws Exception {
    Path pulled = folder.resolve("pulled");
    Path tag = pulled.resolve("manifests/registry.ollama.ai/library/tiny/q4");
    Files.createDirectories(tag.getParent());
    Files.writeString(tag, manifest);
    Files.createDirectories(pulled.resolve("blobs"));
    Files.write(pulled.resolve("blobs").resolve(digest.replace(':', '-')), MODEL);
    assertThat(read("ollama:tiny:q4")).isEqualTo("GGUF and more");
    assertThat(registry.seen).isEmpty();
  }

  @Test
  void manifestsOfOtherThings() {
    registry.put(
        "/v2/library/tiny/manifests/latest",
        manifest("application/vnd.oci.image.layer").getBytes(StandardCharsets.UTF_8));
    assertThat(failure("ollama:" + host + "/library/tiny").code())
        .isEqualTo(ErrorCode.NO_MODEL_FILE);
    registry.put("/v2/library/tiny/manifests/latest", new byte[] {'{'});
    assertThat(failure("ollama:" + host + "/library/tiny").code())
        .isEqualTo(ErrorCode.DOWNLOAD_FAILED);
    String other = "sha256:" + "0".repeat(64);
    registry.put("/v2/library/tiny/manifests/" + other, manifest.getBytes(StandardCharsets.UTF_8));
    assertThat(failure("ollama:" + host + "/library/tiny@" + other).found())
        .contains("other bytes");
  }

  /** A registry may not send for a token to addresses that nobody named. */
  @Test
  void tokenPlacesAreChecked() {
    registry.fault =
        (request, response, callback) -> {
          response
              .getHeaders()
              .put("WWW-Authenticate", "Bearer realm=\"" + storage.uri("/token") + "\"");
          return FaultyServer.say(response, callback, 401, "who?");
        };
    assertThat(failure("ollama:" + host + "/library/tiny").code())
        .isEqualTo(ErrorCode.ADDRESS_REFUSED);
    assertThat(storage.seen).isEmpty();
  }

  private ArtifactException failure(String reference) {
    return catchThrowableOfType(ArtifactException.class, () -> read(reference));
  }
}
