package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyLlama;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same comparison from a real S3-compatible store (S3Proxy, in its own process), which checks
 * every signature. {@code .ci/s3} fetches it and runs this.
 */
@EnabledIfSystemProperty(named = "stemma.s3.jars", matches = ".+")
class S3ServerTest {
  @TempDir Path folder;
  private Process server;
  private int port;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    TinyLlama.write(folder.resolve("store/models/team/one~1"), 3, 1);
    TinyLlama.write(folder.resolve("store/models/team/two (2)+*"), 3, 2);
    Path properties = folder.resolve("s3.properties");
    Files.writeString(
        properties,
        """
        s3proxy.authorization=aws-v4
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.identity=AKIDTEST
        s3proxy.credential=topsecret
        jclouds.provider=filesystem
        jclouds.filesystem.basedir=%s
        """
            .formatted(port, folder.resolve("store")));
    server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("stemma.s3.jars") + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    for (int tries = 0; tries < 300; tries++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (java.io.IOException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IllegalStateException(Files.readString(folder.resolve("log")));
  }

  @AfterEach
  void stop() {
    server.destroyForcibly();
  }

  private Report report(String a, String b, String secret) {
    Path cache = folder.resolve("cache");
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL",
            "http://127.0.0.1:" + port,
            "AWS_ACCESS_KEY_ID",
            "AKIDTEST",
            "AWS_SECRET_ACCESS_KEY",
            secret);
    Sources sources = RemoteSources.of(cache, 1_000_000_000, environment, folder);
    try (Investigation investigation = new Investigation(sources, 2, Progress.NONE)) {
      return investigation.compare(
          new Investigation.Request(a, b, List.of(), List.of(), Scope.PLANNED, "stemma compare"));
    }
  }

  @Test
  void sameEvidenceAsFromFiles() {
    Path store = folder.resolve("store/models/team");
    Report local =
        report(store.resolve("one~1").toString(), store.resolve("two (2)+*").toString(), "");
    Report far = report("s3://models/team/one~1/", "s3://models/team/two (2)+*", "topsecret");
    assertThat(far.verdict()).isEqualTo(local.verdict());
    assertThat(far.evidence()).isEqualTo(local.evidence());
    Report files =
        report(
            "s3://models/team/one~1/model.safetensors",
            "s3://models/team/two (2)+*/model.safetensors",
            "topsecret");
    assertThat(files.b().digest()).isEqualTo(local.b().digest());
  }

  @Test
  void wrongKeyIsSaid() {
    ArtifactException failure =
        catchThrowableOfType(
            ArtifactException.class,
            () -> report("s3://models/team/one~1", "s3://models/team/one~1", "wrong"));
    assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
  }
}
