package dev.stemma.catalogue;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Catalogues as JSON lines: a head, a line a model, and, where it is signed, a last line with an
 * Ed25519 signature over the SHA-256 of all lines before.
 */
public final class CatalogueExchange {
  /** The head's schema. */
  public static final String SCHEMA = "stemma.catalogue/1";

  private static final int LONGEST_LINE = 1 << 16;
  private static final int MOST_LINES = 10_000_002;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(4)
                          .maxStringLength(LONGEST_LINE)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private CatalogueExchange() {}

  /** What an import did. */
  public record Imported(int added, int replaced, int kept, boolean signed) {}

  /** Whose entry stays where both have one reference. */
  public enum Conflict {
    KEEP,
    REPLACE
  }

  /** Writes a catalogue; the file appears under its name only when it is whole. */
  public static int export(Catalogue catalogue, Path file, @Nullable Path privateKey) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    AtomicInteger count = new AtomicInteger();
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
        MessageDigest sha256 = Sha256.start();
        line(out, sha256, JSON.createObjectNode().put("schema", SCHEMA));
        catalogue.forEach(entry -> {
          try {
            line(out, sha256, json(entry));
            count.incrementAndGet();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
        if (privateKey != null) {
          String digest = Sha256.hex(sha256);
          ObjectNode last = JSON.createObjectNode();
          last.putObject("signature")
              .put("algorithm", "Ed25519")
              .put("sha256", digest)
              .put("value", base64(SigningKeys.sign(signed(digest), privateKey)));
          line(out, Sha256.start(), last);
        }
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "",
          "a file that can be written",
          String.valueOf(e.getMessage()),
          "Name another file.",
          e);
    } finally {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        // It was moved, or never made; what is left is named .part.
      }
    }
    return count.get();
  }

  private static byte[] signed(String digest) {
    return (SCHEMA + " sha256:" + digest).getBytes(StandardCharsets.US_ASCII);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static ObjectNode json(CatalogueEntry entry) {
    return JSON.createObjectNode()
        .put("reference", entry.reference())
        .put("name", entry.name())
        .put("digest", entry.digest())
        .put("added", entry.added().toString())
        .put("fingerprint", base64(FingerprintFormat.encode(entry.fingerprint())));
  }

  private static void line(OutputStream out, MessageDigest sha256, ObjectNode json)
      throws IOException {
    byte[] line = (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
    sha256.update(line);
    out.write(line);
  }

  /**
   * Adds all of a file's models, or none.
   *
   * @param publicKey whom to trust; null accepts a file without asking who made it
   * @throws ArtifactException if the file is damaged, or not signed by that key
   */
  public static Imported add(
      Path file, @Nullable Path publicKey, Conflict conflict, Catalogue catalogue) {
    try (InputStream first = new BufferedInputStream(Files.newInputStream(file))) {
      String seen = read(first, file.toString(), publicKey, entry -> {});
      int[] counts = new int[3];
      try (InputStream again = new BufferedInputStream(Files.newInputStream(file))) {
        catalogue.inOneTransaction(() -> {
          String now =
              read(
                  again,
                  file.toString(),
                  publicKey,
                  entry -> add(entry, conflict, catalogue, counts));
          if (!now.equals(seen)) {
            throw new ArtifactException(
                ErrorCode.CHANGED_WHILE_READ,
                file.toString(),
                "",
                "the file that was checked",
                "another one",
                "Let nothing write to the file, and import it again.");
          }
        });
      }
      return new Imported(counts[0], counts[1], counts[2], publicKey != null);
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.UNREADABLE,
          file.toString(),
          "",
          "an exported catalogue",
          String.valueOf(e),
          "stemma catalogue export FILE makes one.",
          e);
    }
  }

  /** Adds the catalogue that ships with the program. */
  public static Imported addShipped(Catalogue catalogue) {
    int[] counts = new int[3];
    try (InputStream in = CatalogueExchange.class.getResourceAsStream("known-models.jsonl")) {
      if (in != null) {
        catalogue.inOneTransaction(() ->
            read(
                new BufferedInputStream(in),
                "known-models.jsonl",
                null,
                entry -> add(entry, Conflict.KEEP, catalogue, counts)));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new Imported(counts[0], counts[1], counts[2], false);
  }

  private static void add(
      CatalogueEntry entry, Conflict conflict, Catalogue catalogue, int[] counts) {
    boolean there = catalogue.find(entry.reference()).isPresent();
    counts[!there ? 0 : conflict == Conflict.REPLACE ? 1 : 2]++;
    if (!there || conflict == Conflict.REPLACE) {
      catalogue.put(entry);
    }
  }

  /** Reads a file and gives the digest of all but its signature. */
  private static String read(
      InputStream in, String file, @Nullable Path publicKey, Consumer<CatalogueEntry> entries) {
    MessageDigest sha256 = Sha256.start();
    @Nullable JsonNode signature = null;
    for (int number = 1; ; number++) {
      byte[] line = line(in, file, number);
      if (line.length == 0) {
        if (number == 1) {
          throw wrong(file, number, "a head with the schema " + SCHEMA, "an empty file");
        }
        break;
      }
      if (signature != null) {
        throw wrong(file, number, "the end after the signature", "more lines");
      }
      JsonNode json = parse(line, file, number);
      if (number == 1) {
        if (!SCHEMA.equals(json.path("schema").stringValue(""))) {
          throw wrong(file, number, "a head with the schema " + SCHEMA, "another one");
        }
      } else if (json.has("signature")) {
        signature = json.get("signature");
        continue;
      } else {
        entries.accept(entry(json, file, number));
      }
      sha256.update(line);
    }
    String digest = Sha256.hex(sha256);
    if (publicKey != null) {
      check(signature, digest, file, publicKey);
    }
    return digest;
  }

  private static void check(
      @Nullable JsonNode signature, String digest, String file, Path publicKey) {
    String problem;
    if (signature == null) {
      problem = "no signature";
    } else {
      byte[] value;
      try {
        value = Base64.getDecoder().decode(signature.path("value").stringValue(""));
      } catch (IllegalArgumentException e) {
        value = new byte[0];
      }
      problem =
          SigningKeys.verifies(signed(digest), value, publicKey)
              ? ""
              : "a signature by another key, or other lines than were signed";
    }
    if (!problem.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.FORBIDDEN_CONTENT,
          file,
          "signature",
          "one by the key in " + publicKey,
          problem,
          "Nothing was imported. Ask its maker for the right key or an untouched file.");
    }
  }

  private static byte[] line(InputStream in, String file, int number) {
    if (number > MOST_LINES) {
      throw wrong(file, number, "at most " + MOST_LINES + " lines", "more");
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(8192);
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        line.write(next);
        if (next == '\n') {
          break;
        }
        if (line.size() > LONGEST_LINE) {
          throw wrong(file, number, "at most " + LONGEST_LINE + " bytes", "a longer line");
        }
      }
    } catch (IOException e) {
      throw wrong(file, number, "a line that can be read", String.valueOf(e.getMessage()));
    }
    return line.toByteArray();
  }

  private static JsonNode parse(byte[] line, String file, int number) {
    try {
      JsonNode json = JSON.readTree(line);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      throw wrong(file, number, "a JSON object", String.valueOf(e.getOriginalMessage()));
    }
    throw wrong(file, number, "a JSON object", "another value");
  }

  private static CatalogueEntry entry(JsonNode json, String file, int number) {
    String digest = text(json, "digest", file, number);
    try {
      if (HexFormat.of().parseHex(digest).length != 32) {
        throw wrong(file, number, "a digest of 64 hexadecimal digits", digest);
      }
      return new CatalogueEntry(
          text(json, "reference", file, number),
          text(json, "name", file, number),
          digest,
          Instant.parse(text(json, "added", file, number)),
          FingerprintFormat.decode(
              Base64.getDecoder().decode(text(json, "fingerprint", file, number)),
              file,
              "line " + number));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw wrong(file, number, "a model", String.valueOf(e.getMessage()));
    }
  }

  private static String text(JsonNode json, String key, String file, int number) {
    String text = json.path(key).stringValue("");
    int longest = key.equals("fingerprint") ? LONGEST_LINE : CatalogueEntry.LONGEST_TEXT;
    if (text.isEmpty() || text.length() > longest) {
      throw wrong(file, number, key + " of 1 to " + longest + " characters", text.length() + "");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw wrong(file, number, key + " without control characters", text);
    }
    return text;
  }

  private static ArtifactException wrong(String file, int line, String expected, String found) {
    return new ArtifactException(
        ErrorCode.MALFORMED_JSON,
        file,
        "line " + line,
        expected,
        found,
        "Nothing was imported. Export the catalogue again.");
  }
}
