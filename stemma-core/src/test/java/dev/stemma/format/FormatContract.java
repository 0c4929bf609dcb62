package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every format's reader must withstand. A reader's test gives a small valid file and its
 * attacks; the contract adds truncation at every byte, a shrinking file, and mutated headers
 * (2,000, or what the system property {@code stemma.fuzz} says).
 */
abstract class FormatContract {
  /** A file that must be refused with this code. */
  record Attack(String name, byte[] file, ErrorCode code) {}

  private static final URI PLACE = URI.create("file:///contract/");

  abstract Format format();

  abstract String fileName();

  /** A small file with at least one tensor, a configuration or a tokenizer. */
  abstract byte[] valid();

  abstract List<Attack> attacks();

  /** Files beside it. */
  List<String> siblings() {
    return List.of();
  }

  @Test
  void readsTheValidFile() {
    Contents contents = read(valid());
    boolean empty = contents.tensors().isEmpty() && contents.config().isEmpty();
    assertThat(empty && contents.tokenizer().isEmpty()).isFalse();
    assertThat(format().recognises(file(fileName(), 1))).isTrue();
  }

  @TestFactory
  Stream<DynamicTest> everyAttackHasItsOwnCode() {
    return attacks().stream()
        .map(attack ->
            DynamicTest.dynamicTest(
                attack.name(),
                () -> {
                  ArtifactException error =
                      Objects.requireNonNull(refused(attack.file()), "it was accepted");
                  assertThat(error.code()).as(String.valueOf(error)).isEqualTo(attack.code());
                  assertThat(error.file()).isNotEmpty();
                  assertThat(error.nextStep()).isNotEmpty();
                  assertThat(error.toString().chars().noneMatch(Character::isISOControl)).isTrue();
                }));
  }

  @Test
  void truncationAtEveryByteIsHandled() {
    byte[] valid = valid();
    for (int length = 0; length < valid.length; length++) {
      refused(Arrays.copyOf(valid, length));
    }
  }

  @Test
  void mutatedHeadersEndInSuccessOrAnError() {
    byte[] valid = valid();
    int headers = Integer.getInteger("stemma.fuzz", 2000);
    Random random = new Random(fileName().hashCode());
    int refused = 0;
    for (int i = 0; i < headers; i++) {
      refused += refused(mutated(valid, random)) == null ? 0 : 1;
    }
    // A reader that refuses nothing checks nothing.
    assertThat(refused).isPositive();
  }

  @Test
  void aFileThatShrinksIsNoticed(@TempDir Path folder) throws IOException {
    Path path = folder.resolve(fileName());
    Files.write(path, valid());
    try (LocalBytes bytes = new LocalBytes()) {
      SourceFile file = new SourceFile(fileName(), path.toUri(), Files.size(path));
      bytes.read(file.bytes());
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(1);
      }
      SourceFiles files = new SourceFiles("a", "a", List.of(file));
      assertThatThrownBy(() -> format().read(file, files, bytes))
          .isInstanceOfSatisfying(
              ArtifactException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.CHANGED_WHILE_READ));
    }
  }

  Contents read(byte[] content) {
    return read(content, fileName(), content);
  }

  /** Reads the format's file with another beside it, the one that is attacked. */
  final Contents read(byte[] main, String attacked, byte[] content) {
    List<SourceFile> files = new ArrayList<>(List.of(file(fileName(), main.length)));
    siblings().forEach(name -> files.add(file(name, 64)));
    if (!attacked.equals(fileName())) {
      files.add(file(attacked, content.length));
    }
    Memory memory = new Memory(files(main, attacked, content));
    Contents contents =
        format().read(files.getFirst(), new SourceFiles("contract", "contract", files), memory);
    TensorReader reader = new TensorReader(memory);
    for (Tensor tensor : contents.tensors()) {
      int count = (int) Math.min(64, tensor.shape().elements());
      reader.read(tensor.view(), tensor.shape().elements() - count, count, new float[count], 0);
    }
    return contents;
  }

  private Map<URI, byte[]> files(byte[] main, String attacked, byte[] content) {
    Map<URI, byte[]> files = new HashMap<>();
    files.put(PLACE.resolve(fileName()), main);
    files.put(PLACE.resolve(attacked), content);
    return files;
  }

  @Nullable ArtifactException refused(byte[] content) {
    try {
      read(content);
      return null;
    } catch (ArtifactException e) {
      return e;
    }
  }

  private static SourceFile file(String name, long size) {
    return new SourceFile(name, PLACE.resolve(name), size);
  }

  /** One to four changes: bits, bytes, large numbers, parts doubled or cut. */
  private static byte[] mutated(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 16; changes--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) "0123456789{}[]\",:-.e".charAt(random.nextInt(20));
        case 3 -> number(bytes, at, random.nextLong() >> random.nextInt(64));
        case 4 -> number(bytes, at, random.nextBoolean() ? Long.MAX_VALUE : -1);
        case 5 -> {
          int length = Math.min(1 + random.nextInt(16), bytes.length - at);
          byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
          System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
          bytes = longer;
        }
        default -> {
          int length = Math.min(1 + random.nextInt(16), bytes.length - at);
          byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
          System.arraycopy(bytes, at + length, shorter, at, shorter.length - at);
          bytes = shorter;
        }
      }
    }
    return bytes;
  }

  private static void number(byte[] bytes, int at, long value) {
    for (int i = 0; i < 8 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  /** Files in memory; siblings are 64 zeros. */
  private record Memory(Map<URI, byte[]> files) implements ByteSource {
    @Override
    public MemorySegment read(ByteRange range) {
      byte[] bytes = files.getOrDefault(range.file(), new byte[64]);
      if (range.offsetBytes() > bytes.length - range.lengthBytes()) {
        throw new ArtifactException(
            ErrorCode.TRUNCATED, range.file().toString(), "", "more bytes", "the end", "Look.");
      }
      return MemorySegment.ofArray(bytes).asSlice(range.offsetBytes(), range.lengthBytes());
    }

    @Override
    public void close() {}
  }
}
