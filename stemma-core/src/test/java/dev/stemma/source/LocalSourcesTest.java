package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders, single files and archives that are as they should be; folders that are not. */
class LocalSourcesTest {
  @TempDir Path folder;
  private Path model;
  private Sources sources;

  @BeforeEach
  void makeModel() throws Exception {
    model = Files.createDirectories(folder.resolve("model"));
    write(model.resolve("config.json"), "{}");
    write(model.resolve("onnx/model.onnx"), "onnx");
    write(model.resolve(".git/objects/x"), "hidden");
    sources = new Sources(folder.resolve("cache"));
  }

  @Test
  void listsAFolderAndWhatIsBelowItWithoutHiddenFiles() {
    SourceFiles files = resolve(model);
    assertThat(files.name()).isEqualTo("model");
    assertThat(names(files)).containsExactly("config.json", "onnx/model.onnx");
    assertThat(text(files.files().get(1))).isEqualTo("onnx");
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void takesASingleFile() {
    SourceFiles files = resolve(model.resolve("config.json"));
    assertThat(names(files)).containsExactly("config.json");
    assertThat(files.files().getFirst().sizeBytes()).isEqualTo(2);
  }

  @Test
  void followsALinkThatTheUserTyped() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);
    assertThat(names(resolve(link))).containsExactly("config.json", "onnx/model.onnx");
  }

  @Test
  void refusesALinkInsideAFolder() throws Exception {
    Files.createSymbolicLink(model.resolve("weights.bin"), folder.resolve("model/config.json"));
    assertThat(failure(model).code()).isEqualTo(ErrorCode.LINK_REFUSED);
  }

  @Test
  void refusesALinkToAFolderThatContainsIt() throws Exception {
    Files.createSymbolicLink(model.resolve("again"), model);
    assertThat(failure(model).code()).isEqualTo(ErrorCode.LINK_REFUSED);
  }

  @Test
  void readsASnapshotOfAHuggingFaceCache() throws Exception {
    Path repository = folder.resolve("models--org--name");
    write(repository.resolve("blobs/abc"), "weights");
    write(repository.resolve("refs/main"), "r1");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/r1"));
    Files.createDirectories(repository.resolve("snapshots/r2"));
    Files.createSymbolicLink(snapshot.resolve("model.bin"), Path.of("../../blobs/abc"));
    for (Path root : List.of(snapshot, repository)) {
      SourceFiles files = resolve(root);
      assertThat(files.name()).isEqualTo("org/name");
      assertThat(names(files)).containsExactly("model.bin");
      assertThat(text(files.files().getFirst())).isEqualTo("weights");
    }
    assertThat(names(resolve(snapshot.resolve("model.bin")))).containsExactly("model.bin");
    Files.createSymbolicLink(snapshot.resolve("passwd"), folder.resolve("model/config.json"));
    assertThat(failure(snapshot).code()).isEqualTo(ErrorCode.LINK_REFUSED);
    Files.delete(repository.resolve("refs/main"));
    assertThat(failure(repository).code()).isEqualTo(ErrorCode.AMBIGUOUS_FILES);
  }

  @Test
  void refusesFoldersNestedWithoutEnd() throws Exception {
    write(folder.resolve("deep/1/2/3/4/5/6/7/8/9/10/file"), "x");
    assertThat(failure(folder.resolve("deep")).code()).isEqualTo(ErrorCode.TOO_MANY_ENTRIES);
  }

  @Test
  void refusesANameThatRewritesTheTerminal() throws Exception {
    write(model.resolve("a\u001b[2Jb"), "x");
    assertThat(failure(model).code()).isEqualTo(ErrorCode.BAD_NAME);
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(failure(folder.resolve("nothing")).code()).isEqualTo(ErrorCode.NOT_FOUND);
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(failure(empty).code()).isEqualTo(ErrorCode.NO_MODEL_FILE);
    Path zip = folder.resolve("empty.zip");
    Files.write(zip, new RawZip().bytes());
    assertThat(failure(zip).code()).isEqualTo(ErrorCode.NO_MODEL_FILE);
  }

  @Test
  void doesNotWaitForAPipe() throws Exception {
    Path pipe = folder.resolve("pipe.bin");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    Assumptions.assumeTrue(made.waitFor() == 0);
    assertThat(failure(pipe).code()).isEqualTo(ErrorCode.UNREADABLE);
  }

  @Test
  void readsStoredEntriesInPlace() throws Exception {
    RawZip zip = new RawZip();
    zip.stored("config.json", "{}".getBytes(UTF_8));
    zip.stored("sub/model.bin", "weights".getBytes(UTF_8));
    zip.stored("a/B.class", "class".getBytes(UTF_8));
    Path path = Files.write(folder.resolve("model.zip"), zip.bytes());
    SourceFiles files = resolve(path);
    assertThat(names(files)).containsExactly("config.json", "sub/model.bin");
    assertThat(files.files()).allMatch(file -> file.uri().equals(path.toUri()));
    assertThat(text(files.files().get(1))).isEqualTo("weights");
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void unpacksDeflatedEntriesOnceAndMixesBoth() throws Exception {
    byte[] large = "many words ".repeat(200_000).getBytes(UTF_8);
    RawZip zip = new RawZip();
    zip.deflated("large.bin", large);
    zip.stored("small.bin", "small".getBytes(UTF_8));
    Path path = Files.write(folder.resolve("model.jar"), zip.bytes());
    SourceFiles files = resolve(path);
    assertThat(text(files.files().get(0)).getBytes(UTF_8)).isEqualTo(large);
    assertThat(text(files.files().get(1))).isEqualTo("small");
    assertThat(files.files().get(1).uri()).isEqualTo(path.toUri());
    assertThat(resolve(path)).isEqualTo(files);
  }

  @Test
  void noticesThatAnArchiveWasReplaced() throws Exception {
    Path path = folder.resolve("model.zip");
    for (String content : List.of("first words", "other words")) {
      RawZip zip = new RawZip();
      zip.deflated("model.bin", content.getBytes(UTF_8));
      Files.deleteIfExists(path);
      Files.write(path, zip.bytes());
      assertThat(text(resolve(path).files().getFirst())).isEqualTo(content);
    }
  }

  @Test
  void readsTarArchivesWithLongNames() throws Exception {
    String longName = "folder/".repeat(30) + "model.bin";
    String record = " path=" + longName + "\n";
    String pax = (record.length() + 3) + record;
    RawTar tar =
        new RawTar()
            .entry('g', "pax_global_header", "13 comment=x\n".getBytes(UTF_8), 13)
            .entry('5', "./sub/", new byte[0], 0)
            .file("./sub/a.bin", "a".getBytes(UTF_8))
            .entry('x', "pax", pax.getBytes(UTF_8), pax.length())
            .file("cut", "long".getBytes(UTF_8))
            .entry('L', "gnu", "gnu/name.bin\0".getBytes(UTF_8), 13)
            .file("cut", "gnu".getBytes(UTF_8));
    Path tgz = Files.write(folder.resolve("model.tgz"), tar.tgz());
    Path plain = Files.write(folder.resolve("model.tar"), tar.tar());
    for (Path path : List.of(tgz, plain)) {
      SourceFiles files = resolve(path);
      assertThat(names(files)).containsExactly(longName, "gnu/name.bin", "sub/a.bin");
      assertThat(text(files.files().getFirst())).isEqualTo("long");
    }
  }

  private SourceFiles resolve(Path path) {
    return sources.resolve(path.toString(), Progress.NONE);
  }

  private ArtifactException failure(Path path) {
    return catchThrowableOfType(ArtifactException.class, () -> resolve(path));
  }

  private static void write(Path path, String content) throws Exception {
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private static List<String> names(SourceFiles files) {
    return files.files().stream().map(SourceFile::name).toList();
  }

  static String text(SourceFile file) {
    try (LocalBytes bytes = new LocalBytes()) {
      return new String(
          bytes.read(file.bytes()).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE), UTF_8);
    }
  }
}
