package dev.stemma.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBytesTest {
  private static final int PAGES_BYTES = 1 << 20;

  @TempDir Path folder;
  private final LocalBytes bytes = new LocalBytes();

  @AfterEach
  void close() {
    bytes.close();
  }

  @Test
  void readsRangesBeyondTwoGibibytes() throws Exception {
    Path path = folder.resolve("large");
    long end = 5L << 30;
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), end - 3);
    }
    MemorySegment all = bytes.read(new ByteRange(path.toUri(), 0, end));
    assertThat(all.byteSize()).isEqualTo(end);
    MemorySegment last = bytes.read(new ByteRange(path.toUri(), end - 2, 2));
    assertThat(last.toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3);
    assertThat(last.isReadOnly()).isTrue();
  }

  @Test
  void readsAnEmptyFile() throws Exception {
    Path path = Files.createFile(folder.resolve("empty"));
    assertThat(bytes.read(new ByteRange(path.toUri(), 0, 0)).byteSize()).isZero();
    assertThat(code(new ByteRange(path.toUri(), 0, 1))).isEqualTo(ErrorCode.TRUNCATED);
  }

  @Test
  void refusesWhatIsOutsideTheFile() throws Exception {
    URI file = write(10).toUri();
    assertThat(code(new ByteRange(file, 8, 3))).isEqualTo(ErrorCode.TRUNCATED);
    assertThat(code(new ByteRange(file, 11, 0))).isEqualTo(ErrorCode.TRUNCATED);
    assertThat(code(new ByteRange(file, Long.MAX_VALUE, 0))).isEqualTo(ErrorCode.TRUNCATED);
    assertThatThrownBy(() -> new SourceFile("x", file, 4, 6).range(3, 4))
        .isInstanceOf(ArtifactException.class);
    assertThat(new SourceFile("x", file, 4, 6).range(3, 3)).isEqualTo(new ByteRange(file, 7, 3));
  }

  @Test
  void refusesWhatIsNoFileOfThisMachine() throws Exception {
    for (String uri :
        new String[] {"https://host/x", "file://host/x", "s3://b/x", "/x", "file:x#y"}) {
      assertThat(code(new ByteRange(URI.create(uri), 0, 1))).isEqualTo(ErrorCode.UNREADABLE);
    }
    assertThat(code(new ByteRange(folder.toUri(), 0, 1))).isEqualTo(ErrorCode.UNREADABLE);
    URI nothing = folder.resolve("nothing").toUri();
    assertThat(code(new ByteRange(nothing, 0, 1))).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void noticesEveryChange() throws Exception {
    Path path = write(100);
    ByteRange range = new ByteRange(path.toUri(), 0, 10);
    FileTime before = Files.getLastModifiedTime(path);
    assertThat(bytes.read(range).byteSize()).isEqualTo(10);
    Files.setLastModifiedTime(path, FileTime.fromMillis(before.toMillis() + 1000));
    assertThat(code(range)).isEqualTo(ErrorCode.CHANGED_WHILE_READ);
    Files.setLastModifiedTime(path, before);
    assertThat(bytes.read(range).byteSize()).isEqualTo(10);
    Path other = Files.write(folder.resolve("other"), new byte[100]);
    Files.setLastModifiedTime(other, before);
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    assertThat(code(range)).isEqualTo(ErrorCode.CHANGED_WHILE_READ);
  }

  @Test
  void aFileThatShrinksUnderItsMappingIsAnError() throws Exception {
    Path path = write(PAGES_BYTES);
    MemorySegment mapped = bytes.read(new ByteRange(path.toUri(), 0, PAGES_BYTES));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(1);
    }
    ArtifactException failure =
        catchThrowableOfType(
            ArtifactException.class,
            () ->
                LocalBytes.guarding(
                    "shrunk", () -> mapped.get(ValueLayout.JAVA_BYTE, PAGES_BYTES - 1)));
    assertThat(failure.code()).isEqualTo(ErrorCode.CHANGED_WHILE_READ);
    assertThat(failure.file()).isEqualTo("shrunk");
  }

  @Test
  void otherErrorsPassTheGuard() {
    assertThatThrownBy(() ->
            LocalBytes.guarding(
                "x",
                () -> {
                  throw new InternalError("something else");
                }))
        .isInstanceOf(InternalError.class);
  }

  private Path write(int size) throws Exception {
    return Files.write(folder.resolve("file"), new byte[size]);
  }

  private ErrorCode code(ByteRange range) {
    return catchThrowableOfType(ArtifactException.class, () -> bytes.read(range)).code();
  }
}
