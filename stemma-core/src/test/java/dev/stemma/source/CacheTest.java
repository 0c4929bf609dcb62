package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the cache promises, tried with real processes that are killed and with damaged files. */
class CacheTest {
  private static final int FILES = 12;
  private static final int FILE_BYTES = 3 << 20;

  @TempDir Path folder;
  private Path cacheFolder;
  private Cache cache;

  @BeforeEach
  void makeCache() {
    cacheFolder = folder.resolve("cache");
    cache = new Cache(cacheFolder);
  }

  @Test
  void fillsOnceAndAnswersAfterwards() {
    AtomicInteger fillings = new AtomicInteger();
    List<SourceFile> first = fill("key", "content", fillings);
    assertThat(LocalSourcesTest.text(first.getFirst())).isEqualTo("content");
    assertThat(fill("key", "content", fillings)).isEqualTo(first);
    assertThat(cache.lookup("key")).contains(first);
    assertThat(cache.lookup("another")).isEmpty();
    assertThat(fillings).hasValue(1);
  }

  @Test
  void storesTheSameContentOnce() throws Exception {
    fill("one", "content", new AtomicInteger());
    FileTime before = Files.getLastModifiedTime(blobs().getFirst());
    fill("two", "content", new AtomicInteger());
    assertThat(blobs()).hasSize(1);
    assertThat(Files.getLastModifiedTime(blobs().getFirst())).isEqualTo(before);
  }

  @Test
  void replacesContentThatWasChanged() throws Exception {
    fill("key", "content", new AtomicInteger());
    Path blob = blobs().getFirst();
    assertThat(blob.toFile().setWritable(true)).isTrue();
    Files.writeString(blob, "CONTENT");
    assertThat(cache.lookup("key")).isEmpty();
    List<SourceFile> again = fill("key", "content", new AtomicInteger());
    assertThat(LocalSourcesTest.text(again.getFirst())).isEqualTo("content");
  }

  @Test
  void believesContentThatWasOnlyTouched() throws Exception {
    fill("key", "content", new AtomicInteger());
    Files.setLastModifiedTime(blobs().getFirst(), FileTime.fromMillis(5));
    assertThat(cache.lookup("key")).isPresent();
  }

  @Test
  void forgetsContentThatIsMissingOrCut() throws Exception {
    fill("key", "content", new AtomicInteger());
    Files.delete(blobs().getFirst());
    assertThat(cache.lookup("key")).isEmpty();
    fill("key", "content", new AtomicInteger());
    Path blob = blobs().getFirst();
    assertThat(blob.toFile().setWritable(true)).isTrue();
    Files.writeString(blob, "cut");
    assertThat(cache.lookup("key")).isEmpty();
  }

  @Test
  void neverBelievesADamagedIndex() throws Exception {
    fill("key", "content", new AtomicInteger());
    Path index;
    try (Stream<Path> all = Files.list(cacheFolder.resolve("index"))) {
      index = all.findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(index);
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(index, bad);
      assertThat(cache.lookup("key")).isEmpty();
      Files.write(index, java.util.Arrays.copyOf(good, random.nextInt(good.length)));
      assertThat(cache.lookup("key")).isEmpty();
    }
    AtomicInteger fillings = new AtomicInteger();
    fill("key", "content", fillings);
    assertThat(fillings).hasValue(1);
    assertThat(cache.lookup("key")).isPresent();
  }

  @Test
  void aFailedFillingLeavesNothing() throws Exception {
    ArtifactException failure =
        catchThrowableOfType(
            ArtifactException.class,
            () ->
                cache.fill(
                    "key",
                    filling -> {
                      filling.blob("a", out -> out.write(1));
                      throw new IOException("disk on fire");
                    }));
    assertThat(failure.code()).isEqualTo(ErrorCode.CANNOT_WRITE);
    assertThat(cache.lookup("key")).isEmpty();
    assertThat(cacheFolder.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void saysThatItCannotWriteOrHasNoRoom() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(
            catchThrowableOfType(
                    ArtifactException.class,
                    () -> new Cache(file.resolve("cache")).fill("key", filling -> {}))
                .code())
        .isEqualTo(ErrorCode.CANNOT_WRITE);
    assertThat(
            catchThrowableOfType(
                    ArtifactException.class,
                    () -> cache.fill("key", filling -> filling.expect(Long.MAX_VALUE)))
                .code())
        .isEqualTo(ErrorCode.CANNOT_WRITE);
  }

  @Test
  void threadsOfOneProcessFillOnce() throws Exception {
    AtomicInteger fillings = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int index = 0; index < 8; index++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> new Cache(cacheFolder).fill("key", slow("content", fillings))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(fillings).hasValue(1);
  }

  @Test
  void twoProcessesUnpackingAtOnceGiveTheSame() throws Exception {
    Path archive = archive();
    List<Process> processes = List.of(spawn(archive), spawn(archive), spawn(archive));
    List<String> answers = new ArrayList<>();
    for (Process process : processes) {
      answers.add(new String(process.getInputStream().readAllBytes(), UTF_8));
      assertThat(process.waitFor()).isZero();
    }
    assertThat(answers).allMatch(answer -> answer.equals(answers.getFirst()));
    assertThat(answers.getFirst().lines()).hasSize(FILES);
    assertThat(cacheFolder.resolve("scratch")).isEmptyDirectory();
    assertComplete(archive);
  }

  @Test
  void survivesBeingKilledAtAnyMoment() throws Exception {
    Path archive = archive();
    int killedInTheMiddle = 0;
    for (int blobsBefore = 1; blobsBefore < FILES; blobsBefore += 5) {
      Process process = spawn(archive);
      while (process.isAlive() && blobs().size() < blobsBefore) {
        Thread.onSpinWait();
      }
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      killedInTheMiddle += process.exitValue() == 0 ? 0 : 1;
      for (Path blob : blobs()) {
        assertThat(CacheTest.sha256(blob)).isEqualTo(blob.getFileName().toString());
      }
    }
    assertThat(killedInTheMiddle).isPositive();
    assertComplete(archive);
    assertThat(cacheFolder.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void makesRoomForWhatIsNewAndKeepsWhatIsUsed() throws Exception {
    Path first = archive("first.zip", 0);
    Path second = archive("second.zip", FILES);
    Path third = archive("third.zip", 2 * FILES);
    String limit = (5L * FILES * FILE_BYTES / 2) + "";
    for (Path archive : List.of(first, second, first, third)) {
      assertThat(spawn(archive, limit).waitFor()).isZero();
    }
    assertThat(blobs()).hasSize(2 * FILES);
    Cache looking = new Cache(cacheFolder, new CacheLimit(1));
    assertThat(looking.lookup(key(second))).as("used longest ago").isEmpty();
    assertThat(looking.lookup(key(first))).as("now used by this process").isPresent();
    for (Path archive : List.of(second, third)) {
      assertThat(spawn(archive, "1MB").waitFor()).isZero();
    }
    assertThat(blobs()).as("the one in use and the last one").hasSize(2 * FILES);
    assertThat(looking.lookup(key(first))).isPresent();
    assertThat(looking.lookup(key(third))).isPresent();
    assertThat(looking.lookup(key(second))).isEmpty();
  }

  @Test
  void aLimitIsWrittenAsPeopleWriteIt() {
    assertThat(CacheLimit.parse("20GB")).isEqualTo(CacheLimit.STANDARD);
    assertThat(CacheLimit.parse("500 mb").bytes()).isEqualTo(500_000_000);
    assertThat(CacheLimit.parse("7").bytes()).isEqualTo(7);
    for (String wrong : List.of("", "-1", "many", "1.5GB", "999999999999999T")) {
      assertThat(
              catchThrowableOfType(ArtifactException.class, () -> CacheLimit.parse(wrong)).code())
          .isEqualTo(ErrorCode.BAD_ARGUMENT);
    }
  }

  private static String key(Path archive) throws IOException {
    CacheIndex.Container container = Archives.container(archive);
    return "file:" + archive + " " + container.sizeBytes() + " " + container.modified();
  }

  /** What the spawned processes run. */
  static final class Unpack {
    private Unpack() {}

    public static void main(String[] arguments) {
      Cache cache = new Cache(Path.of(arguments[0]), CacheLimit.parse(arguments[2]));
      new Sources(cache, ArchiveLimits.STANDARD, new MavenClient(), new NpmClient())
          .resolve(arguments[1], Progress.NONE)
          .files()
          .forEach(System.out::println);
    }
  }

  private Process spawn(Path archive) throws IOException {
    return spawn(archive, "20GB");
  }

  private Process spawn(Path archive, String limit) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Unpack.class.getName(),
            cacheFolder.toString(),
            archive.toString(),
            limit)
        .redirectOutput(
            limit.equals("20GB") ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private Path archive() throws IOException {
    return archive("model.zip", 0);
  }

  private Path archive(String name, int firstSeed) throws IOException {
    RawZip zip = new RawZip();
    for (int index = 0; index < FILES; index++) {
      zip.deflated("file" + index, content(firstSeed + index));
    }
    return Files.write(folder.resolve(name), zip.bytes());
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[FILE_BYTES];
    new Random(seed).nextBytes(content);
    return content;
  }

  private void assertComplete(Path archive) throws Exception {
    List<SourceFile> files =
        new Sources(cacheFolder).resolve(archive.toString(), Progress.NONE).files();
    assertThat(files).hasSize(FILES);
    for (SourceFile file : files) {
      int index = Integer.parseInt(file.name().substring("file".length()));
      assertThat(Files.readAllBytes(Path.of(file.uri()))).isEqualTo(content(index));
    }
  }

  private List<SourceFile> fill(String key, String content, AtomicInteger fillings) {
    return cache.fill(
        key,
        filling -> {
          fillings.incrementAndGet();
          filling.blob("model.bin", out -> out.write(content.getBytes(UTF_8)));
        });
  }

  private static Cache.Filler slow(String content, AtomicInteger fillings) {
    return filling -> {
      fillings.incrementAndGet();
      filling.blob(
          "model.bin",
          out -> {
            for (int round = 0; round < 1000; round++) {
              out.write(content.getBytes(UTF_8));
            }
          });
    };
  }

  private List<Path> blobs() throws IOException {
    Path blobs = cacheFolder.resolve("blobs");
    if (!Files.exists(blobs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(blobs)) {
      return all.toList();
    }
  }

  private static String sha256(Path file) throws IOException {
    return Sha256.hex(Sha256.start(), Files.readAllBytes(file));
  }
}
