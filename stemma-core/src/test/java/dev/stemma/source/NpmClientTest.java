package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installed npm against a registry in this process: no network. */
class NpmClientTest {
  @TempDir Path folder;
  private HttpServer registry;
  private Sources sources;
  private byte[] archive = {};

  @BeforeEach
  void startRegistry() throws Exception {
    Assumptions.assumeTrue(npmIsInstalled(), "npm is not installed");
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String address = "http://127.0.0.1:" + registry.getAddress().getPort();
    registry.createContext("/model.tgz", exchange -> answer(exchange, archive));
    registry.createContext("/", exchange -> answer(exchange, packument(address)));
    registry.start();
    sources =
        new Sources(
            new Cache(folder.resolve("cache")),
            ArchiveLimits.STANDARD,
            new MavenClient(),
            new NpmClient(
                Map.of(
                    "npm_config_registry",
                    address + "/",
                    "npm_config_@scope:registry",
                    address + "/",
                    "npm_config_cache",
                    folder.resolve("npm").toString(),
                    "npm_config_fetch_retries",
                    "0")));
  }

  @AfterEach
  void stopRegistry() {
    if (registry != null) {
      registry.stop(0);
    }
  }

  @Test
  void unpacksAPackageAndRunsNothingOfIt() throws Exception {
    Path ran = folder.resolve("ran");
    String manifest =
        "{\"name\":\"@scope/model\",\"version\":\"1.2.3\",\"scripts\":{\"prepare\":\"touch "
            + ran
            + "\",\"prepack\":\"touch "
            + ran
            + "\",\"install\":\"touch "
            + ran
            + "\"}}";
    archive =
        new RawTar()
            .file("package/package.json", manifest.getBytes(UTF_8))
            .file("package/models/tokenizer.json", "{}".getBytes(UTF_8))
            .tgz();
    SourceFiles files = sources.resolve("npm:@scope/model@1.2.3", Progress.NONE);
    assertThat(files.name()).isEqualTo("@scope/model");
    assertThat(files.files())
        .extracting(SourceFile::name)
        .containsExactly("models/tokenizer.json", "package.json");
    assertThat(LocalSourcesTest.text(files.files().get(1))).isEqualTo(manifest);
    assertThat(ran).doesNotExist();
    registry.stop(0);
    assertThat(sources.resolve("npm:@scope/model@1.2.3", Progress.NONE)).isEqualTo(files);
  }

  @Test
  void refusesAPackageThatLeavesItsFolder() throws Exception {
    archive = new RawTar().file("package/../../../x", "x".getBytes(UTF_8)).tgz();
    assertThat(code("npm:@scope/model@1.2.3")).isEqualTo(ErrorCode.PATH_TRAVERSAL);
  }

  @Test
  void saysThatAVersionIsNotThere() {
    assertThat(code("npm:@scope/model@9.9.9")).isEqualTo(ErrorCode.TOOL_FAILED);
  }

  private ErrorCode code(String reference) {
    return catchThrowableOfType(
            ArtifactException.class, () -> sources.resolve(reference, Progress.NONE))
        .code();
  }

  private byte[] packument(String address) {
    return ("{\"name\":\"@scope/model\",\"dist-tags\":{\"latest\":\"1.2.3\"},\"versions\":{\"1.2.3\":"
                + "{\"name\":\"@scope/model\",\"version\":\"1.2.3\",\"dist\":{\"tarball\":\""
            + address
            + "/model.tgz\",\"integrity\":\"sha512-"
            + sha512()
            + "\"}}}}")
        .getBytes(UTF_8);
  }

  private String sha512() {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-512").digest(archive));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static boolean npmIsInstalled() throws InterruptedException {
    try {
      Process npm =
          new ProcessBuilder("npm", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return npm.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
