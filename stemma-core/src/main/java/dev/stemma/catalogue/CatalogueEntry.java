package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Model;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A known model.
 *
 * @param reference how to open it again; no two entries have the same
 * @param name for people
 * @param digest of the bytes it was made from, in hexadecimal digits
 * @param added when, to the second
 */
public record CatalogueEntry(
    String reference, String name, String digest, Instant added, Fingerprint fingerprint) {
  /** Longest reference or name. */
  public static final int LONGEST_TEXT = 4096;

  /** An entry made now. */
  public static CatalogueEntry of(CanonicalModel canonical, String reference, Fingerprint print) {
    Model model = canonical.model();
    return new CatalogueEntry(
        reference,
        model.name(),
        model.digest().hexadecimal(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        print);
  }
}
