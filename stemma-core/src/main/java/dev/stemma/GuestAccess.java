package dev.stemma;

import dev.stemma.source.Trust;
import dev.stemma.source.remote.NetworkPolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a server's operator lets others read through it: packages and hub models that are public,
 * addresses that are not private, the catalogue's models, and what they brought themselves.
 *
 * @param data the server's own folder: its caches and uploads
 * @param root below which files may be named; null for none
 * @param catalogue file of known models; null for none
 * @param trust for which references the operator's logins are used
 * @param network which addresses are asked
 */
public record GuestAccess(
    Path data, @Nullable Path root, @Nullable Path catalogue, Trust trust, NetworkPolicy network) {
  /** One request of a guest. */
  public GuestVisit visit() {
    return new GuestVisit(this);
  }

  /** Where a guest's files lie. */
  public Path uploads() {
    return data.resolve("uploads");
  }
}
