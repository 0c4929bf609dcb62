package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus: one archive for each attack, and the error that it must end in. */
class ArchiveAttackTest {
  private static final byte[] CONTENT = "some content, some content".getBytes(UTF_8);
  private static final ArchiveLimits SMALL = new ArchiveLimits(20, 4096, 100_000, 50, 10_000);

  @TempDir Path folder;

  record Attack(String name, ErrorCode code, byte[] archive, String extension) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Attack> attacks() throws IOException {
    return Stream.of(
        zip("traversal", ErrorCode.PATH_TRAVERSAL, z -> z.deflated("../../x", CONTENT)),
        zip("traversal, stored", ErrorCode.PATH_TRAVERSAL, z -> z.stored("a/../../x", CONTENT)),
        zip("absolute path", ErrorCode.PATH_TRAVERSAL, z -> z.deflated("/etc/x", CONTENT)),
        zip("backslashes", ErrorCode.PATH_TRAVERSAL, z -> z.deflated("..\\x", CONTENT)),
        zip("drive letter", ErrorCode.PATH_TRAVERSAL, z -> z.deflated("C:x", CONTENT)),
        zip("traversal of a class", ErrorCode.PATH_TRAVERSAL, z -> z.stored("../x.class", CONTENT)),
        zip("control character", ErrorCode.BAD_NAME, z -> z.deflated("a\u001b[2Jb", CONTENT)),
        zip("line end", ErrorCode.BAD_NAME, z -> z.deflated("a\nb", CONTENT)),
        zip("bidi override", ErrorCode.BAD_NAME, z -> z.deflated("a\u202egpj.exe", CONTENT)),
        zip("no name", ErrorCode.BAD_NAME, z -> z.deflated("", CONTENT)),
        zip("endless name", ErrorCode.BAD_NAME, z -> z.deflated("n".repeat(2000), CONTENT)),
        zip(
            "no UTF-8",
            ErrorCode.BAD_NAME,
            z -> z.deflated("xx", CONTENT).name = new byte[] {(byte) 0xC3, (byte) 0x28}),
        zip(
            "same name twice",
            ErrorCode.DUPLICATE_NAME,
            z -> {
              z.deflated("a", CONTENT);
              z.deflated("a", CONTENT);
            }),
        zip(
            "symbolic link",
            ErrorCode.LINK_REFUSED,
            z -> {
              RawZip.Entry link = z.stored("link", "/etc/passwd".getBytes(UTF_8));
              link.madeBy = 3 << 8;
              link.externalAttributes = 0120777 << 16;
            }),
        zip("encrypted", ErrorCode.UNREADABLE, z -> z.deflated("a", CONTENT).flags |= 1),
        zip(
            "unknown method",
            ErrorCode.UNSUPPORTED_VERSION,
            z -> z.deflated("a", CONTENT).method = 93),
        zip("several disks", ErrorCode.UNSUPPORTED_VERSION, z -> z.diskNumber = 1),
        zip("tight entry", ErrorCode.ZIP_BOMB, z -> z.deflated("a", new byte[90_000])),
        zip(
            "much in all",
            ErrorCode.ZIP_BOMB,
            z -> {
              for (int index = 0; index < 12; index++) {
                z.deflated("a" + index, new byte[9_000]);
              }
            }),
        zip(
            "more than it says",
            ErrorCode.ZIP_BOMB,
            z -> z.deflated("a", new byte[90_000]).sizeBytes = 5_000),
        zip(
            "less than it says",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> z.deflated("a", CONTENT).sizeBytes++),
        zip(
            "shared bytes",
            ErrorCode.OVERLAP,
            z -> {
              z.deflated("a", CONTENT);
              z.stored("b", localHeader("c"));
              RawZip.Entry inner = z.stored("c", new byte[0]);
              inner.headerOffset = 30L + 1 + z.entries.getFirst().packed.length + 30 + 1;
            }),
        zip(
            "many entries",
            ErrorCode.TOO_MANY_ENTRIES,
            z -> {
              for (int index = 0; index < 21; index++) {
                z.stored("a" + index, CONTENT);
              }
            }),
        zip(
            "large directory",
            ErrorCode.HEADER_TOO_LARGE,
            z -> {
              for (int index = 0; index < 6; index++) {
                z.stored(index + "n".repeat(1000), CONTENT);
              }
            }),
        zip(
            "more entries than there are",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> {
              z.stored("a", CONTENT);
              z.claimedEntries = 2;
            }),
        zip(
            "fewer entries than there are",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> {
              z.stored("a", CONTENT);
              z.stored("b", CONTENT);
              z.claimedEntries = 1;
            }),
        zip(
            "directory elsewhere",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> {
              z.stored("a", CONTENT);
              z.directoryBytesTooMany = 7;
            }),
        zip(
            "another name in its own header",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> z.stored("a", CONTENT).localName = new byte[] {'b'}),
        zip("wrong checksum", ErrorCode.MALFORMED_ARCHIVE, z -> z.deflated("a", CONTENT).crc32++),
        zip(
            "no deflate stream",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> {
              RawZip.Entry entry = z.deflated("a", CONTENT);
              Arrays.fill(entry.packed, (byte) 0xFF);
            }),
        zip(
            "cut deflate stream",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> z.deflated("a", CONTENT).packedBytes -= 3),
        zip(
            "stored with two sizes",
            ErrorCode.MALFORMED_ARCHIVE,
            z -> z.stored("a", CONTENT).sizeBytes = 1),
        zip(
            "data beyond the file",
            ErrorCode.OUT_OF_FILE,
            z -> {
              RawZip.Entry entry = z.stored("a", CONTENT);
              entry.packedBytes = entry.sizeBytes = 50_000;
            }),
        zip(
            "header beyond the file",
            ErrorCode.OUT_OF_FILE,
            z -> z.stored("a", CONTENT).headerOffset = 50_000),
        new Attack("text", ErrorCode.WRONG_MAGIC, "x".repeat(99).getBytes(UTF_8), ".zip"),
        new Attack("empty zip", ErrorCode.TRUNCATED, new byte[0], ".zip"),
        new Attack("cut zip", ErrorCode.TRUNCATED, cut(plainZip(), 30), ".zip"),
        tar("tar traversal", ErrorCode.PATH_TRAVERSAL, t -> t.file("../x", CONTENT)),
        tar("tar absolute", ErrorCode.PATH_TRAVERSAL, t -> t.file("/etc/x", CONTENT)),
        tar("tar control", ErrorCode.BAD_NAME, t -> t.file("a\u0007b", CONTENT)),
        tar(
            "tar traversal of a long name",
            ErrorCode.PATH_TRAVERSAL,
            t -> t.entry('L', "l", "../../x\0".getBytes(UTF_8), 8).file("x", CONTENT)),
        tar(
            "tar same name twice",
            ErrorCode.DUPLICATE_NAME,
            t -> t.file("a", CONTENT).file("./a", CONTENT)),
        tar("tar symbolic link", ErrorCode.LINK_REFUSED, t -> t.entry('2', "a", new byte[0], 0)),
        tar("tar hard link", ErrorCode.LINK_REFUSED, t -> t.entry('1', "a", new byte[0], 0)),
        tar("tar device", ErrorCode.FORBIDDEN_CONTENT, t -> t.entry('3', "a", new byte[0], 0)),
        tar("tar pipe", ErrorCode.FORBIDDEN_CONTENT, t -> t.entry('6', "a", new byte[0], 0)),
        tar("tar unknown", ErrorCode.MALFORMED_ARCHIVE, t -> t.entry('Z', "a", new byte[0], 0)),
        tar("tar cut", ErrorCode.TRUNCATED, t -> t.entry('0', "a", CONTENT, 90_000)),
        tar("tar bomb", ErrorCode.ZIP_BOMB, t -> t.file("a", new byte[90_000])),
        tar("tar too large", ErrorCode.ZIP_BOMB, t -> t.entry('0', "a", CONTENT, 1L << 32)),
        tar(
            "tar large extension",
            ErrorCode.HEADER_TOO_LARGE,
            t -> t.entry('x', "a", CONTENT, 1L << 32)),
        tar(
            "tar extension that is none",
            ErrorCode.MALFORMED_ARCHIVE,
            t -> t.entry('x', "a", "99 path=x\n".getBytes(UTF_8), 10)),
        new Attack("tar many entries", ErrorCode.TOO_MANY_ENTRIES, manyEntries(), ".tar"),
        new Attack("no gzip", ErrorCode.MALFORMED_ARCHIVE, CONTENT, ".tgz"),
        new Attack("cut gzip", ErrorCode.MALFORMED_ARCHIVE, cut(plainTgz(), 20), ".tgz"),
        new Attack("wrong gzip checksum", ErrorCode.MALFORMED_ARCHIVE, wrongChecksum(), ".tgz"),
        new Attack("no tar", ErrorCode.TRUNCATED, RawTar.gzip(new byte[] {1, 2}), ".tgz"),
        new Attack("text as tar", ErrorCode.WRONG_MAGIC, "x".repeat(600).getBytes(UTF_8), ".tar"));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void endsInItsError(Attack attack) throws IOException {
    Path archive = Files.write(folder.resolve("attack" + attack.extension), attack.archive);
    Path cache = folder.resolve("cache");
    ArtifactException failure =
        catchThrowableOfType(ArtifactException.class, () -> resolve(archive, cache));
    assertThat(failure).isNotNull();
    String message = String.valueOf(failure.getMessage());
    assertThat(failure.code()).as(message).isEqualTo(attack.code);
    assertThat(message).contains("attack");
    assertThat(message.chars()).noneMatch(Character::isISOControl);
    assertThat(filesIn(cache.resolve("scratch"))).isZero();
    assertThat(filesIn(cache.resolve("index"))).isZero();
    assertThat(folder).isDirectoryNotContaining(path -> path.endsWith("x"));
  }

  @Test
  void mutatedArchivesEndInSuccessOrAnError() throws IOException {
    int mutations = Integer.getInteger("stemma.fuzz.mutations", 2_000);
    byte[] storedZip = storedZip();
    byte[] deflatedZip = plainZip();
    byte[] tar = plainTar();
    byte[] tgz = plainTgz();
    Random random = new Random(20261121);
    Path cache = folder.resolve("cache");
    for (int index = 0; index < mutations; index++) {
      Throwable thrown =
          switch (index % 8) {
            case 0 -> catchThrowable(resolving(mutated(tgz, random), ".tgz", cache));
            case 1 -> catchThrowable(resolving(mutated(deflatedZip, random), ".zip", cache));
            case 2, 3, 4 -> catchThrowable(resolving(mutated(storedZip, random), ".zip", cache));
            default -> {
              ByteArrayInputStream in = new ByteArrayInputStream(mutated(tar, random));
              yield catchThrowable(() ->
                  new TarReader("fuzz", in, SMALL)
                      .read((name, content) -> content.writeTo(OutputStream.nullOutputStream())));
            }
          };
      if (thrown != null) {
        assertThat(thrown).as("mutation " + index).isInstanceOf(ArtifactException.class);
      }
    }
  }

  private ThrowingCallable resolving(byte[] archive, String extension, Path cache)
      throws IOException {
    Path path = Files.write(folder.resolve("fuzz" + extension), archive);
    return () -> resolve(path, cache);
  }

  private static byte[] mutated(byte[] seed, Random random) {
    byte[] mutated = seed.clone();
    for (int change = random.nextInt(4); change >= 0; change--) {
      mutated[random.nextInt(mutated.length)] =
          (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? 0 : 0xFF);
    }
    return random.nextInt(10) == 0
        ? Arrays.copyOf(mutated, random.nextInt(mutated.length))
        : mutated;
  }

  private static SourceFiles resolve(Path archive, Path cache) {
    return new Sources(new Cache(cache), SMALL, new MavenClient(), new NpmClient())
        .resolve(archive.toString(), Progress.NONE);
  }

  private static long filesIn(Path path) throws IOException {
    if (!Files.exists(path)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.count();
    }
  }

  private static Attack zip(String name, ErrorCode code, Consumer<RawZip> attack)
      throws IOException {
    RawZip zip = new RawZip();
    attack.accept(zip);
    return new Attack(name, code, zip.bytes(), ".zip");
  }

  private static Attack tar(String name, ErrorCode code, Consumer<RawTar> attack)
      throws IOException {
    RawTar tar = new RawTar();
    attack.accept(tar);
    return new Attack(name, code, tar.tgz(), ".tgz");
  }

  private static byte[] plainZip() throws IOException {
    RawZip zip = new RawZip();
    zip.deflated("a", CONTENT);
    zip.stored("b/c", CONTENT);
    return zip.bytes();
  }

  private static byte[] storedZip() throws IOException {
    RawZip zip = new RawZip();
    zip.stored("a", CONTENT);
    zip.stored("b/c", CONTENT);
    return zip.bytes();
  }

  private static byte[] plainTar() {
    String pax = "15 path=long/x\n";
    return new RawTar()
        .file("a", CONTENT)
        .entry('x', "pax", pax.getBytes(UTF_8), pax.length())
        .file("cut", CONTENT)
        .tar();
  }

  private static byte[] wrongChecksum() throws IOException {
    byte[] tgz = plainTgz();
    tgz[tgz.length - 8]++;
    return tgz;
  }

  private static byte[] manyEntries() {
    RawTar tar = new RawTar();
    for (int index = 0; index < 21; index++) {
      tar.file("a" + index, CONTENT);
    }
    return tar.tar();
  }

  private static byte[] plainTgz() throws IOException {
    return RawTar.gzip(plainTar());
  }

  private static byte[] cut(byte[] whole, int bytes) {
    return Arrays.copyOf(whole, whole.length - bytes);
  }

  private static byte[] localHeader(String name) {
    byte[] header = new byte[30 + name.length()];
    header[0] = 'P';
    header[1] = 'K';
    header[2] = 3;
    header[3] = 4;
    header[26] = (byte) name.length();
    System.arraycopy(name.getBytes(UTF_8), 0, header, 30, name.length());
    return header;
  }
}
