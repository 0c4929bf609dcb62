package dev.stemma.source.remote;

/**
 * Which addresses may be asked.
 *
 * @param allowPrivate addresses of private networks too ({@code --allow-private})
 * @param typedLoopback a loopback address that the user wrote himself counts as asking for it; not
 *     where strangers write the references, as on a web page
 */
public record NetworkPolicy(boolean allowPrivate, boolean typedLoopback) {
  /** Of a command line. */
  public static final NetworkPolicy COMMAND_LINE = new NetworkPolicy(false, true);

  /** Of a server that takes references from anybody. */
  public static final NetworkPolicy PUBLIC_ONLY = new NetworkPolicy(false, false);
}
