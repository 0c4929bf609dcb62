package dev.stemma.catalogue;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Ed25519 keys in PEM files, as other tools write them, and signatures with them. */
public final class SigningKeys {
  private static final String ALGORITHM = "Ed25519";
  private static final int LONGEST_FILE = 4096;

  private SigningKeys() {}

  /** Makes a pair; the private file is readable by its owner only. */
  public static void make(Path privateFile, Path publicFile) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      Files.createFile(
          privateFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(privateFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Files.writeString(
          publicFile,
          pem("PUBLIC KEY", pair.getPublic().getEncoded()),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          privateFile.toString(),
          "",
          "two new files",
          String.valueOf(e),
          "Name files that do not exist, in a folder that can be written.",
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  private static byte[] read(Path file, String kind) {
    String found;
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw noKey(file, kind, Files.size(file) + " bytes");
      }
      found = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          file.toString(),
          "",
          "a file with an Ed25519 key",
          String.valueOf(e),
          "stemma catalogue key NAME makes one.",
          e);
    }
    String begin = "-----BEGIN " + kind + "-----";
    String end = "-----END " + kind + "-----";
    if (!found.startsWith(begin) || !found.endsWith(end)) {
      throw noKey(file, kind, "other text");
    }
    try {
      return Base64.getMimeDecoder()
          .decode(found.substring(begin.length(), found.length() - end.length()));
    } catch (IllegalArgumentException e) {
      throw noKey(file, kind, "text that is no base64");
    }
  }

  private static ArtifactException noKey(Path file, String kind, String found) {
    return new ArtifactException(
        ErrorCode.MALFORMED_HEADER,
        file.toString(),
        "",
        "an Ed25519 " + kind.toLowerCase(java.util.Locale.ROOT) + " in PEM form",
        found,
        "stemma catalogue key NAME makes a pair.");
  }

  /** The signature of a text with a private key's file. */
  public static byte[] sign(byte[] text, Path privateFile) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(read(privateFile, "PRIVATE KEY")));
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw noKey(privateFile, "PRIVATE KEY", "a key of another kind");
    }
  }

  /** Whether the signature of a text was made with the other half of a public key's file. */
  public static boolean verifies(byte[] text, byte[] signed, Path publicFile) {
    PublicKey key;
    Signature signature;
    try {
      key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(read(publicFile, "PUBLIC KEY")));
      signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(text);
    } catch (GeneralSecurityException e) {
      throw noKey(publicFile, "PUBLIC KEY", "a key of another kind");
    }
    try {
      return signature.verify(signed);
    } catch (GeneralSecurityException notEvenOne) {
      return false;
    }
  }
}
