package dev.stemma.report;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.SigningKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Signatures of report files, whatever their format: Ed25519 over the file's bytes, in base64
 * beside it, so that other tools can verify them too.
 */
public final class ReportSignatures {
  private static final int LONGEST = 4096;
  private static final long LARGEST = 256L << 20;

  private ReportSignatures() {}

  /** Where a file's signature stands. */
  public static Path of(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  /**
   * Signs nothing, so that a wrong key is known before any work.
   *
   * @throws ArtifactException if it is none
   */
  public static void checkKey(Path privateKey) {
    SigningKeys.sign(new byte[0], privateKey);
  }

  /** Writes a file's signature beside it. */
  public static Path sign(Path file, Path privateKey) {
    byte[] signature = SigningKeys.sign(bytes(file, LARGEST), privateKey);
    Path beside = of(file);
    Reports.whole(
        beside, out -> out.append(Base64.getEncoder().encodeToString(signature)).append('\n'));
    return beside;
  }

  /**
   * What is wrong with a file's signature; null where it is right.
   *
   * @throws ArtifactException if the key is none or a file cannot be read
   */
  public static @Nullable String problem(Path file, Path publicKey) {
    Path beside = of(file);
    if (!Files.isRegularFile(beside)) {
      return "no " + beside;
    }
    byte[] signature;
    try {
      signature =
          Base64.getDecoder()
              .decode(new String(bytes(beside, LONGEST), StandardCharsets.US_ASCII).strip());
    } catch (IllegalArgumentException e) {
      return beside + " holds no base64";
    }
    return SigningKeys.verifies(bytes(file, LARGEST), signature, publicKey)
        ? null
        : "another key's, or of another text than stands in the file";
  }

  /** A file's bytes, bounded. */
  static byte[] bytes(Path file, long most) {
    try {
      long size = Files.size(file);
      if (size > most) {
        throw unreadable(file, size + " bytes", most, null);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e), most, e);
    }
  }

  private static ArtifactException unreadable(
      Path file, String found, long most, @Nullable IOException cause) {
    return new ArtifactException(
        cause == null ? ErrorCode.UNREADABLE : ErrorCode.NOT_FOUND,
        file.toString(),
        "",
        "a file of at most " + most + " bytes",
        found,
        "Name a file that stemma wrote.",
        cause);
  }
}
