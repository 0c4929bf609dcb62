package dev.stemma.format;

import dev.stemma.artifact.Model;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lists folders and files as a source would, and writes small files. */
final class TestFiles {
  private TestFiles() {}

  static SourceFiles of(Path folder) {
    try (var walk = Files.walk(folder)) {
      List<SourceFile> files =
          walk.filter(Files::isRegularFile).sorted().map(path -> file(folder, path)).toList();
      return new SourceFiles(folder.toString(), String.valueOf(folder.getFileName()), files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourceFile file(Path folder, Path path) {
    try {
      return new SourceFile(
          folder.relativize(path).toString().replace('\\', '/'), path.toUri(), Files.size(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Model read(Path folder, LocalBytes bytes) {
    return new ModelReader().read(of(folder), bytes);
  }

  /** A safetensors file of this header and data. */
  static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }
}
