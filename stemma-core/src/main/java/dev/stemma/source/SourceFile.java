package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;

/**
 * One file of a model, where its bytes lie: a whole file, or an entry that is read in place inside
 * an archive.
 *
 * @param name path relative to the model's root, with forward slashes, as in {@code
 *     onnx/model.onnx}
 * @param uri the file that holds the bytes; {@code file:} for what is on this machine (or was
 *     unpacked to the cache). Its last part is not the name: the cache and archives have their own
 * @param offsetBytes where the bytes begin in that file; 0 unless it is an archive
 * @param sizeBytes its size when it was listed
 */
public record SourceFile(String name, URI uri, long offsetBytes, long sizeBytes) {
  /** Validates: nothing negative, the end fits in a long. */
  public SourceFile {
    if (offsetBytes < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException(name + " at " + offsetBytes + " + " + sizeBytes);
    }
    Math.addExact(offsetBytes, sizeBytes);
  }

  /** A whole file. */
  public SourceFile(String name, URI uri, long sizeBytes) {
    this(name, uri, 0, sizeBytes);
  }

  /** All its bytes. */
  public ByteRange bytes() {
    return new ByteRange(uri, offsetBytes, sizeBytes);
  }

  /**
   * A part of it, counted from its own beginning; never a neighbour's bytes.
   *
   * @throws ArtifactException TRUNCATED if it ends before the part does
   */
  public ByteRange range(long fromBytes, long lengthBytes) {
    if (fromBytes < 0 || lengthBytes < 0 || fromBytes > sizeBytes - lengthBytes) {
      throw new ArtifactException(
          ErrorCode.TRUNCATED,
          name,
          "byte " + fromBytes,
          lengthBytes + " bytes",
          "a file of " + sizeBytes + " bytes",
          "Download or copy the file again.");
    }
    return new ByteRange(uri, offsetBytes + fromBytes, lengthBytes);
  }
}
