package dev.stemma.source.remote;

import dev.stemma.source.ByteSource;
import dev.stemma.source.Trust;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is read over the network: which addresses may be asked, who asks, and the cache. One for
 * a run of the program.
 */
public final class Remote implements AutoCloseable {
  private final RemoteStore store;
  private final HubSettings settings;
  private final HubClient hub;
  private final HttpFolders folders;
  private final RegistryClient registries;
  private final Supplier<S3Settings> bucketSettings;
  private volatile @Nullable BucketClient buckets;

  /**
   * Asks nobody yet.
   *
   * @param cacheFolder where pieces are kept, shared with other processes
   * @param limitBytes what all pieces may take when this is closed
   * @param home the user's folder, where the hub's own programs keep their token and files
   */
  public Remote(
      Path cacheFolder,
      long limitBytes,
      NetworkPolicy policy,
      Map<String, String> environment,
      Path home) {
    this(cacheFolder, limitBytes, policy, environment, home, Duration.ofMillis(200));
  }

  /** What of the environment is no secret: where the hub is, and through which proxy. */
  private static final Set<String> NO_SECRET =
      Set.of(
          "HF_ENDPOINT",
          "HF_HUB_OFFLINE",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy");

  /**
   * For references that others write: tokens where they are trusted, and none of the files that the
   * hub's own programs have downloaded. Where no prefix of a scheme is trusted, neither the
   * environment nor the home folder is looked at for its logins.
   */
  public static Remote forOthers(
      Path cacheFolder,
      long limitBytes,
      NetworkPolicy policy,
      Map<String, String> environment,
      Path home,
      Trust trust) {
    Map<String, String> open = new HashMap<>(environment);
    open.keySet().retainAll(NO_SECRET);
    Path nowhere = cacheFolder.resolve("no-home");
    boolean hub = trust.knows("hf:");
    boolean stores = trust.knows("s3:") || trust.knows("ollama:");
    return new Remote(
        cacheFolder,
        limitBytes,
        policy,
        stores ? environment : open,
        stores ? home : nowhere,
        HubSettings.of(hub ? environment : open, hub ? home : nowhere).forOthers(trust, nowhere),
        Duration.ofMillis(200));
  }

  Remote(
      Path cacheFolder,
      long limitBytes,
      NetworkPolicy policy,
      Map<String, String> environment,
      Path home,
      Duration firstWait) {
    this(
        cacheFolder,
        limitBytes,
        policy,
        environment,
        home,
        HubSettings.of(environment, home),
        firstWait);
  }

  private Remote(
      Path cacheFolder,
      long limitBytes,
      NetworkPolicy policy,
      Map<String, String> environment,
      Path home,
      HubSettings settings,
      Duration firstWait) {
    this.settings = settings;
    HttpTransport transport = new HttpTransport(policy, new Proxies(environment));
    this.store =
        new RemoteStore(
            cacheFolder.resolve("remote"), limitBytes, transport, firstWait, this::origin);
    this.hub = new HubClient(settings, store);
    this.folders = new HttpFolders(store);
    this.registries = new RegistryClient(environment, home, store);
    this.bucketSettings = () -> S3Settings.of(environment, home, policy.allowPrivate());
  }

  private Origin origin(URI uri) {
    BucketClient named = buckets;
    return Optional.ofNullable(named)
        .flatMap(client -> client.origin(uri))
        .or(() -> registries.origin(uri))
        .orElseGet(() -> settings.origin(uri));
  }

  /** The hub. */
  public HubClient hub() {
    return hub;
  }

  /** Files and folders by address. */
  public HttpFolders folders() {
    return folders;
  }

  /** Buckets of object stores. */
  public synchronized BucketClient buckets() {
    BucketClient client = buckets == null ? new BucketClient(bucketSettings.get(), store) : buckets;
    buckets = client;
    return client;
  }

  /** Registries of GGUF files. */
  public RegistryClient registries() {
    return registries;
  }

  /** Their bytes; closing them closes this. */
  public ByteSource bytes() {
    return new RemoteBytes(store);
  }

  /** Bytes that came over the network so far, without headers. */
  public long bytesReceived() {
    return store.bytesReceived();
  }

  @Override
  public void close() {
    store.close();
  }
}
