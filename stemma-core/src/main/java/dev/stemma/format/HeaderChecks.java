package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Printable;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Checks that every format makes on what its header claims, each with its own error. */
final class HeaderChecks {
  /** Above every known model (the largest mixtures have some 150,000), below what fills a heap. */
  static final int MAXIMUM_TENSORS = 500_000;

  private static final int MAXIMUM_NAME_CHARACTERS = 400;
  private static final String AGAIN =
      "Download or copy the file again; do not trust it if it stays.";

  private HeaderChecks() {}

  /** A name that can be shown: not empty, not endless, no control or direction characters. */
  static String name(SourceFile file, String place, String name) {
    if (name.isEmpty()
        || name.length() > MAXIMUM_NAME_CHARACTERS
        || !Printable.text(name).equals(name)) {
      String found = name.isEmpty() ? "an empty name" : name.length() + " characters: " + name;
      throw fail(
          ErrorCode.BAD_NAME,
          file,
          place,
          "a name of 1 to " + MAXIMUM_NAME_CHARACTERS + " printable characters",
          found);
    }
    return name;
  }

  /** Dimensions, outermost first. */
  static Shape shape(SourceFile file, String place, List<Long> dimensions) {
    try {
      long positive = 1;
      for (long dimension : dimensions) {
        // An empty tensor must not have huge rows either: rows are multiplied too.
        positive = Math.multiplyExact(positive, Math.max(1, dimension));
      }
      Math.multiplyExact(positive, 64L);
      return new Shape(dimensions);
    } catch (ArithmeticException e) {
      throw fail(
          ErrorCode.BAD_SHAPE,
          file,
          place,
          "at most " + Shape.MAXIMUM_RANK + " dimensions, none negative, product below 2^57",
          dimensions.size() > Shape.MAXIMUM_RANK
              ? dimensions.size() + " dimensions"
              : dimensions.toString());
    }
  }

  /** Bytes that a shape takes in a type. */
  static long bytesFor(SourceFile file, String place, ElementType type, Shape shape) {
    try {
      return type.bytesFor(shape.elements());
    } catch (ArithmeticException e) {
      throw fail(
          ErrorCode.BAD_SHAPE,
          file,
          place,
          "whole blocks of " + type + " below 2^63 bytes",
          shape.toString());
    }
  }

  /** A tensor whose bytes lie at an offset of the file; all claims are checked. */
  static TensorView.Stored stored(
      SourceFile file, String place, ElementType type, Shape shape, long offsetBytes) {
    long lengthBytes = bytesFor(file, place, type, shape);
    return new TensorView.Stored(inFile(file, place, offsetBytes, lengthBytes), type, shape);
  }

  /** A range that lies inside the file. */
  static ByteRange inFile(SourceFile file, String place, long offsetBytes, long lengthBytes) {
    if (offsetBytes < 0
        || lengthBytes < 0
        || lengthBytes > file.sizeBytes()
        || offsetBytes > file.sizeBytes() - lengthBytes) {
      throw fail(
          ErrorCode.OUT_OF_FILE,
          file,
          place,
          "bytes inside the file's " + file.sizeBytes(),
          lengthBytes + " bytes at " + offsetBytes);
    }
    return new ByteRange(file.uri(), file.offsetBytes() + offsetBytes, lengthBytes);
  }

  /** A tensor and the stored bytes it claims for itself. */
  record Claim(String name, ByteRange bytes) {}

  /** No byte belongs to two tensors. */
  static void noOverlap(SourceFile file, List<Claim> claims) {
    Claim before = null;
    for (Claim claim : inOrder(claims)) {
      if (claim.bytes().lengthBytes() == 0) {
        continue;
      }
      if (before != null
          && before.bytes().file().equals(claim.bytes().file())
          && claim.bytes().offsetBytes()
              < before.bytes().offsetBytes() + before.bytes().lengthBytes()) {
        throw fail(
            ErrorCode.OVERLAP,
            file,
            "tensor " + claim.name(),
            "bytes of its own",
            "byte "
                + (claim.bytes().offsetBytes() - file.offsetBytes())
                + ", which belongs to "
                + before.name());
      }
      before = claim;
    }
  }

  static List<Claim> inOrder(List<Claim> claims) {
    List<Claim> sorted = new ArrayList<>(claims);
    sorted.sort(
        Comparator.comparing((Claim claim) -> claim.bytes().file())
            .thenComparingLong(claim -> claim.bytes().offsetBytes())
            .thenComparingLong(claim -> claim.bytes().lengthBytes()));
    return sorted;
  }

  /** The tensors that are plain stored bytes, as claims. */
  static List<Claim> claims(List<Tensor> tensors) {
    List<Claim> claims = new ArrayList<>();
    for (Tensor tensor : tensors) {
      if (tensor.view() instanceof TensorView.Stored stored) {
        claims.add(new Claim(tensor.name(), stored.bytes()));
      }
    }
    return claims;
  }

  /** An element type that we do not know. */
  static ArtifactException unknownType(SourceFile file, String place, String found) {
    return new ArtifactException(
        ErrorCode.UNKNOWN_ELEMENT_TYPE,
        file.name(),
        place,
        "a known element type",
        found,
        "Convert the tensor to a common type (BF16, F16, F32), or ask for the type to be added.");
  }

  /** Something wrong in a header, with the usual advice. */
  static ArtifactException fail(
      ErrorCode code, SourceFile file, String place, String expected, String found) {
    return new ArtifactException(code, file.name(), place, expected, found, AGAIN);
  }

  static ArtifactException fail(
      ErrorCode code,
      SourceFile file,
      String place,
      String expected,
      String found,
      Throwable cause) {
    return new ArtifactException(code, file.name(), place, expected, found, AGAIN, cause);
  }
}
