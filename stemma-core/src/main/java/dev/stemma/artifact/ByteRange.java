package dev.stemma.artifact;

import java.io.Serializable;
import java.net.URI;

/**
 * Where bytes are: a file (or an object that can be read by range), an offset and a length, all in
 * bytes.
 */
public record ByteRange(URI file, long offsetBytes, long lengthBytes) implements Serializable {
  /** Validates: nothing negative, the end fits in a long. */
  public ByteRange {
    if (offsetBytes < 0 || lengthBytes < 0) {
      throw new IllegalArgumentException("negative range " + offsetBytes + " + " + lengthBytes);
    }
    Math.addExact(offsetBytes, lengthBytes);
  }

  /** A part of this range. */
  public ByteRange slice(long fromBytes, long sliceBytes) {
    if (fromBytes < 0 || sliceBytes < 0 || fromBytes > lengthBytes - sliceBytes) {
      throw new IndexOutOfBoundsException(
          fromBytes + " + " + sliceBytes + " outside " + lengthBytes);
    }
    return new ByteRange(file, offsetBytes + fromBytes, sliceBytes);
  }
}
