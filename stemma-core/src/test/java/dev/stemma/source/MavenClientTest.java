package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository in a folder, named by a mirror in the user's settings: no network. */
class MavenClientTest {
  private static final String REFERENCE = "maven:org.example:model:1.0";

  @TempDir Path folder;
  private Sources sources;

  @BeforeEach
  void makeRepository() throws Exception {
    Path version = Files.createDirectories(folder.resolve("remote/org/example/model/1.0"));
    RawZip jar = new RawZip();
    jar.deflated("model.bin", "weights, weights".getBytes(UTF_8));
    jar.stored("config.json", "{}".getBytes(UTF_8));
    write(version.resolve("model-1.0.jar"), jar.bytes());
    // Its POM points to a dependency and a repository that do not exist: neither is asked for.
    write(
        version.resolve("model-1.0.pom"),
        """
        <project><modelVersion>4.0.0</modelVersion>
          <groupId>org.example</groupId><artifactId>model</artifactId><version>1.0</version>
          <repositories><repository><id>trap</id><url>file:///nowhere</url></repository></repositories>
          <dependencies><dependency><groupId>org.example</groupId>
            <artifactId>missing</artifactId><version>1</version></dependency></dependencies>
        </project>
        """
            .getBytes(UTF_8));
    Path settings =
        Files.writeString(
            folder.resolve("settings.xml"),
            "<settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>"
                + folder.resolve("remote").toUri()
                + "</url></mirror></mirrors></settings>");
    MavenClient client =
        new MavenClient(builder ->
            builder
                .withUserSettingsXmlOverride(settings)
                .withLocalRepositoryOverride(folder.resolve("local")));
    sources =
        new Sources(
            new Cache(folder.resolve("cache")), ArchiveLimits.STANDARD, client, new NpmClient());
  }

  @Test
  void readsTheNamedArtifactThroughTheUsersMirror() throws Exception {
    AtomicLong advanced = new AtomicLong();
    SourceFiles files = sources.resolve(REFERENCE, counting(advanced));
    assertThat(files.name()).isEqualTo("model");
    assertThat(files.files())
        .extracting(SourceFile::name)
        .containsExactly("config.json", "model.bin");
    assertThat(LocalSourcesTest.text(files.files().get(0))).isEqualTo("{}");
    assertThat(LocalSourcesTest.text(files.files().get(1))).isEqualTo("weights, weights");
    Path jar = folder.resolve("local/org/example/model/1.0/model-1.0.jar");
    assertThat(files.files().get(0).uri()).isEqualTo(jar.toRealPath().toUri());
    assertThat(folder.resolve("local/org/example/missing")).doesNotExist();
    assertThat(advanced.get()).isGreaterThanOrEqualTo(Files.size(jar));
  }

  @Test
  void asksMavenOnlyOnce() throws Exception {
    SourceFiles first = sources.resolve(REFERENCE, Progress.NONE);
    Sources withoutMaven =
        new Sources(
            new Cache(folder.resolve("cache")),
            ArchiveLimits.STANDARD,
            new MavenClient(builder -> {
              throw new AssertionError("Maven was started");
            }),
            new NpmClient());
    assertThat(withoutMaven.resolve(REFERENCE, Progress.NONE)).isEqualTo(first);
    // An entry read in place needs its jar: without it, Maven is asked again.
    Path jar = folder.resolve("local/org/example/model/1.0/model-1.0.jar");
    Files.delete(jar);
    assertThat(sources.resolve(REFERENCE, Progress.NONE)).isNotNull();
    assertThat(jar).exists();
  }

  @Test
  void saysThatAnArtifactIsNotThere() {
    ArtifactException failure =
        catchThrowableOfType(
            ArtifactException.class,
            () -> sources.resolve("maven:org.example:model:9.9", Progress.NONE));
    assertThat(failure.code()).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
  }

  private static void write(Path path, byte[] content) throws Exception {
    Files.write(path, content);
    Files.writeString(
        path.resolveSibling(path.getFileName() + ".sha1"),
        HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-1").digest(content)));
  }

  private static Progress counting(AtomicLong advanced) {
    return (what, total, unit) ->
        new Progress.Step() {
          @Override
          public void advance(long amount) {
            advanced.addAndGet(amount);
          }

          @Override
          public void close() {}
        };
  }
}
