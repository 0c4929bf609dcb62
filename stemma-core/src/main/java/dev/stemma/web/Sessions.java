package dev.stemma.web;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.web.jobs.JobStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Cookies that say which browser asks and whether it has shown the token, signed with a key that
 * only this server has; the form token of each is derived from it. Nothing is kept in memory, so a
 * restart logs nobody out.
 */
final class Sessions {
  static final String COOKIE = "stemma";
  private static final long SECONDS = 30L * 24 * 3600;
  private static final Pattern FORM =
      Pattern.compile("([gt])-([0-9a-f]{32})-([0-9]{1,12})-([0-9a-f]{64})");

  private final SecretKeySpec key;
  private final @Nullable String token;

  /** With the key in a file, which is made if it is not there. */
  Sessions(Path keyFile, @Nullable String token) {
    this.token = token;
    byte[] secret = secret(keyFile);
    // Another token makes all cookies void.
    this.key =
        new SecretKeySpec(
            mac(new SecretKeySpec(secret, "HmacSHA256"), "token:" + (token == null ? "" : token)),
            "HmacSHA256");
  }

  private static byte[] secret(Path file) {
    try {
      if (!Files.exists(file)) {
        byte[] fresh = new byte[32];
        new SecureRandom().nextBytes(fresh);
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, "key", ".part"); // for its owner alone
        Files.write(temporary, fresh);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      }
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      byte[] secret = Files.readAllBytes(file);
      if (secret.length == 32) {
        return secret;
      }
      throw new IOException("a key of " + secret.length + " bytes");
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "",
          "a key of 32 bytes, or a place to make one",
          String.valueOf(e.getMessage()),
          "Remove it, or name another folder with --data.",
          e);
    }
  }

  private static byte[] mac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String signed(String text) {
    return text + "-" + HexFormat.of().formatHex(mac(key, text));
  }

  /** A new cookie's value; trusted where the token was shown. */
  String fresh(boolean trusted) {
    long end = System.currentTimeMillis() / 1000 + SECONDS;
    return signed((trusted ? "t-" : "g-") + JobStore.secret() + "-" + end);
  }

  /** How long a cookie lives. */
  static long seconds() {
    return SECONDS;
  }

  /** The cookie, if this server made it and it is not too old. */
  Optional<String> valid(@Nullable String cookie) {
    Matcher form = FORM.matcher(cookie == null ? "" : cookie);
    if (cookie == null || !form.matches()) {
      return Optional.empty();
    }
    String text = cookie.substring(0, cookie.lastIndexOf('-'));
    boolean ours = same(signed(text), cookie);
    boolean late = Long.parseLong(form.group(3)) < System.currentTimeMillis() / 1000;
    return ours && !late ? Optional.of(cookie) : Optional.empty();
  }

  /** Whether a valid cookie is one of somebody who has shown the token, or none is needed. */
  boolean isTrusted(@Nullable String cookie) {
    return token == null || (cookie != null && cookie.startsWith("t-"));
  }

  /** Whether this is the token, in time that does not depend on where it differs. */
  boolean isToken(@Nullable String shown) {
    return token != null && shown != null && same(token, shown);
  }

  boolean needsToken() {
    return token != null;
  }

  /** What a form of this cookie's pages must carry. */
  String formToken(String cookie) {
    return HexFormat.of().formatHex(mac(key, "form:" + cookie)).substring(0, 32);
  }

  /** Whether a form carries it. */
  boolean isFormToken(@Nullable String cookie, @Nullable String shown) {
    return cookie != null && shown != null && same(formToken(cookie), shown);
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
