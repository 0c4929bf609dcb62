package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files of this machine, each mapped once and whole, whatever its size: no byte is copied to the
 * heap. Size and modification time are compared with the first look at every read.
 */
public final class LocalBytes implements ByteSource {
  private final Arena arena = Arena.ofShared();
  private final ConcurrentHashMap<URI, Mapped> mappings = new ConcurrentHashMap<>();

  private record Mapped(
      Path path, MemorySegment segment, long sizeBytes, FileTime modified, Object key) {}

  @Override
  public MemorySegment read(ByteRange range) {
    Mapped mapped = mappings.computeIfAbsent(range.file(), this::map);
    BasicFileAttributes now = attributes(mapped.path());
    if (now.size() != mapped.sizeBytes()
        || !now.lastModifiedTime().equals(mapped.modified())
        || !mapped.key().equals(key(now))) {
      throw changed(
          mapped.path().toString(),
          mapped.sizeBytes() + " bytes, modified " + mapped.modified(),
          now.size() + " bytes, modified " + now.lastModifiedTime(),
          null);
    }
    if (range.offsetBytes() > mapped.sizeBytes() - range.lengthBytes()) {
      throw new ArtifactException(
          ErrorCode.TRUNCATED,
          mapped.path().toString(),
          "byte " + range.offsetBytes(),
          range.lengthBytes() + " bytes",
          "a file of " + mapped.sizeBytes() + " bytes",
          "Download or copy the file again.");
    }
    return mapped.segment().asSlice(range.offsetBytes(), range.lengthBytes());
  }

  /**
   * Runs an action that touches segments given out here. A file that shrank under its mapping makes
   * the JVM throw an InternalError; it becomes an error that names the file.
   *
   * @param file the file or tensor being read, for the message
   */
  public static <T> T guarding(String file, Supplier<T> action) {
    try {
      return action.get();
    } catch (InternalError e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("unsafe memory access")) {
        throw changed(file, "the bytes that were there at first", "a file that became smaller", e);
      }
      throw e;
    }
  }

  /** Releases all mappings; fails if another thread is inside a segment at this moment. */
  @Override
  public void close() {
    arena.close();
  }

  private Mapped map(URI file) {
    Path path = local(file);
    BasicFileAttributes attributes = attributes(path);
    if (!attributes.isRegularFile()) {
      throw unreadable(path, attributes.isDirectory() ? "a folder" : "no regular file", null);
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long sizeBytes = channel.size();
      MemorySegment segment = channel.map(MapMode.READ_ONLY, 0, sizeBytes, arena);
      return new Mapped(path, segment, sizeBytes, attributes.lastModifiedTime(), key(attributes));
    } catch (IOException e) {
      throw unreadable(path, e.toString(), e);
    }
  }

  private static Path local(URI file) {
    try {
      if ("file".equals(file.getScheme())) {
        return Path.of(file);
      }
    } catch (IllegalArgumentException e) {
      // A file: URI with a host or a fragment: said below, with all other URIs.
    }
    throw new ArtifactException(
        ErrorCode.UNREADABLE,
        file.toString(),
        "",
        "a file on this machine (file:///...)",
        "another kind of address",
        "Resolve the reference first, so that its files are here.");
  }

  private static BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          path.toString(),
          "",
          "a file",
          "nothing",
          "Check the path; was the file moved or deleted?",
          e);
    } catch (IOException e) {
      throw unreadable(path, e.toString(), e);
    }
  }

  /** Device and inode where the file system has them: another file under the same name. */
  private static Object key(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return key == null ? "" : key;
  }

  private static ArtifactException unreadable(Path path, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        path.toString(),
        "",
        "a regular file that may be read",
        found,
        "Check the path and its permissions.",
        cause);
  }

  private static ArtifactException changed(
      String file, String expected, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.CHANGED_WHILE_READ,
        file,
        "",
        expected,
        found,
        "Let nothing write to the file, and run the command again.",
        cause);
  }
}
