package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.remote.HttpFolders;
import dev.stemma.source.remote.HubClient;
import dev.stemma.source.remote.NetworkPolicy;
import dev.stemma.source.remote.RegistryClient;
import dev.stemma.source.remote.Remote;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the files that a model reference names, and fetches and unpacks what is not here yet. */
public final class Sources {
  /** Names that half of all models' files have. */
  private static final Pattern USUAL_NAME =
      Pattern.compile(
          "(?:(?:adapter_|pytorch_)?model|consolidated|tokenizer)[-.](?:[a-z0-9-]+[-.])*(?:json|model|onnx|bin|pth?|safetensors)");

  private final Archives archives;
  private final MavenClient maven;
  private final NpmClient npm;
  private final Supplier<Remote> connecting;
  private final Gate gate;
  private final Trust trust;
  private @Nullable Remote remote;

  /** Keeps what it unpacks in this folder, which several processes may share. */
  public Sources(Path cacheFolder) {
    this(cacheFolder, CacheLimit.STANDARD, NetworkPolicy.COMMAND_LINE);
  }

  private Sources(Path cacheFolder, CacheLimit limit, NetworkPolicy policy) {
    this(
        new Cache(cacheFolder, limit),
        ArchiveLimits.STANDARD,
        new MavenClient(),
        new NpmClient(),
        () -> new Remote(cacheFolder, limit.bytes(), policy, System.getenv(), home()));
  }

  /** With other ways to the network than the standard ones. */
  public Sources(Path cacheFolder, Supplier<Remote> connecting) {
    this(
        new Cache(cacheFolder, CacheLimit.STANDARD),
        ArchiveLimits.STANDARD,
        new MavenClient(),
        new NpmClient(),
        connecting);
  }

  Sources(Cache cache, ArchiveLimits limits, MavenClient maven, NpmClient npm) {
    this(
        cache,
        limits,
        maven,
        npm,
        () -> {
          throw new IllegalStateException("no network");
        });
  }

  private Sources(
      Cache cache,
      ArchiveLimits limits,
      MavenClient maven,
      NpmClient npm,
      Supplier<Remote> connecting) {
    this.archives = new Archives(cache, limits);
    this.maven = maven;
    this.npm = npm;
    this.connecting = connecting;
    this.gate = Gate.OPEN;
    this.trust = Trust.USER;
  }

  private Sources(Path folder, CacheLimit limit, NetworkPolicy policy, Gate gate, Trust trust) {
    this.archives = new Archives(new Cache(folder, limit), ArchiveLimits.STANDARD);
    this.maven = MavenClient.forOthers(folder.resolve("maven"));
    this.npm = NpmClient.forOthers(folder);
    this.connecting =
        () -> Remote.forOthers(folder, limit.bytes(), policy, System.getenv(), home(), trust);
    this.gate = gate;
    this.trust = trust;
  }

  /**
   * For references that others write, on a web page or through an agent: only what the gate admits,
   * without this user's logins but for what he trusts them with, and with a cache apart from his.
   *
   * @param folder of that cache
   */
  public static Sources forOthers(Path folder, NetworkPolicy policy, Gate gate, Trust trust) {
    return new Sources(folder, limit(), policy, gate, trust);
  }

  /**
   * With the cache in {@code $STEMMA_CACHE}, else {@code ~/.cache/stemma}, which is kept below
   * {@code $STEMMA_CACHE_LIMIT}, else 20 GB.
   */
  public static Sources standard() {
    return standard(NetworkPolicy.COMMAND_LINE);
  }

  /** The same, asking only the addresses that the policy allows. */
  public static Sources standard(NetworkPolicy policy) {
    String chosen = System.getenv("STEMMA_CACHE");
    return new Sources(
        chosen != null && !chosen.isBlank()
            ? Path.of(chosen)
            : home().resolve(".cache").resolve("stemma"),
        limit(),
        policy);
  }

  private static CacheLimit limit() {
    String limit = System.getenv("STEMMA_CACHE_LIMIT");
    return limit != null && !limit.isBlank() ? CacheLimit.parse(limit) : CacheLimit.STANDARD;
  }

  /**
   * The bytes of whatever is resolved here, wherever it lies. One at a time; when it is closed,
   * connections are too.
   */
  public ByteSource open() {
    return new AnywhereBytes(new LocalBytes(), () -> remote().bytes());
  }

  private synchronized Remote remote() {
    Remote connected = remote == null ? connecting.get() : remote;
    remote = connected;
    return connected;
  }

  /** The user's folder; a user without one (Java says "?") gets none beside the work either. */
  private static Path home() {
    Path home = Path.of(System.getProperty("user.home"));
    return home.isAbsolute() ? home : Path.of("/nonexistent");
  }

  /**
   * The files of a model, sorted by name. Those of archives and registries are fetched; those of
   * the hub and of addresses stay where they are and are read through {@link #open}.
   *
   * @param reference a path, {@code hf:org/name}, {@code https://...}, {@code
   *     maven:group:artifact:version} or {@code npm:name@version}; {@code #name} behind it chooses
   *     a file or folder inside
   * @throws ArtifactException for whatever is wrong with the reference or with what it names
   */
  public SourceFiles resolve(String reference, Progress progress) {
    FileSelection selection = FileSelection.of(reference);
    Gate.Entry entry = gate.admit(selection.whole());
    if (entry.opened().equals(selection.whole())) {
      return selection.among(resolveAll(selection.whole(), progress), reference);
    }
    FileSelection behind = FileSelection.of(entry.opened());
    SourceFiles found = behind.among(resolveAll(behind.whole(), progress), entry.opened());
    return selection.among(
        new SourceFiles(
            selection.whole(),
            entry.name().isEmpty() ? found.name() : entry.name(),
            found.files(),
            found.surroundings(),
            found.notes()),
        reference);
  }

  private SourceFiles resolveAll(String reference, Progress progress) {
    return switch (ModelReference.parse(reference)) {
      case ModelReference.Local local -> local(reference, local.path(), progress);
      case ModelReference.Hub named -> hub(reference, named, progress);
      case ModelReference.Web web -> web(reference, web.uri());
      case ModelReference.Bucket bucket -> bucket(reference, bucket);
      case ModelReference.Registry named -> {
        RegistryClient.Listing listing = remote().registries().list(named);
        SourceFiles found = files(reference, named.repository(), listing.files());
        yield new SourceFiles(
            reference, found.name(), found.files(), found.surroundings(), listing.notes());
      }
      case ModelReference.Maven named ->
          files(
              reference,
              named.artifact(),
              archives.fetchedZip(
                  named.toString(), scratch -> maven(named).fetch(named, progress), progress));
      case ModelReference.Npm named ->
          files(
              reference,
              named.name(),
              archives.fetchedTar(
                  named.toString(),
                  scratch -> npm(named).fetch(named, scratch, progress),
                  progress));
    };
  }

  /** The user's own client, with his logins, for what others are trusted with. */
  private MavenClient maven(ModelReference.Maven named) {
    return trust.everything() || !trust.covers(named.toString()) ? maven : new MavenClient();
  }

  private NpmClient npm(ModelReference.Npm named) {
    return trust.everything() || !trust.covers(named.toString()) ? npm : new NpmClient();
  }

  private SourceFiles hub(String reference, ModelReference.Hub named, Progress progress) {
    HubClient hub = remote().hub();
    if (!hub.offline()) {
      try {
        HubClient.Listing listing = hub.list(named);
        SourceFiles found = files(reference, named.name(), listing.files());
        return new SourceFiles(
            reference,
            named.name(),
            found.files(),
            found.surroundings(),
            Stream.concat(
                    Stream.of("revision " + named.revision() + " is commit " + listing.commit()),
                    listing.notes().stream())
                .toList());
      } catch (ArtifactException e) {
        if (e.code() != ErrorCode.DOWNLOAD_FAILED || hub.downloaded(named).isEmpty()) {
          throw e;
        }
      }
    }
    Path snapshot =
        hub.downloaded(named)
            .orElseThrow(() ->
                new ArtifactException(
                    ErrorCode.NOT_FOUND,
                    reference,
                    "",
                    "the model in the hub's local cache (HF_HUB_OFFLINE is set)",
                    "no such revision there",
                    "Unset HF_HUB_OFFLINE, or download the model first."));
    SourceFiles found = local(reference, snapshot, progress);
    return new SourceFiles(
        reference,
        named.name(),
        found.files(),
        found.surroundings(),
        List.of("the hub was not asked: read from " + snapshot));
  }

  private SourceFiles web(String reference, URI uri) {
    HttpFolders folders = remote().folders();
    String name = HttpFolders.name(uri);
    return HttpFolders.isFile(uri)
        ? Companions.of(
            reference,
            name,
            folders.file(uri),
            new Surroundings.Asked(path -> folders.beside(uri, path)))
        : files(reference, name, folders.folder(uri));
  }

  private SourceFiles bucket(String reference, ModelReference.Bucket named) {
    URI address = remote().buckets().address(named);
    return HttpFolders.isFile(address)
        ? web(reference, address)
        : files(
            reference,
            HttpFolders.name(address),
            remote().buckets().list(named, remote().folders()));
  }

  private SourceFiles local(String reference, Path typed, Progress progress) {
    Path path = real(reference, typed);
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isDirectory()) {
      Folder folder = Folder.at(path);
      return files(reference, folder.name(), folder.files());
    }
    if (!attributes.isRegularFile()) {
      throw new ArtifactException(
          ErrorCode.UNREADABLE,
          reference,
          "",
          "a folder or a regular file",
          "a device, pipe or socket",
          "Give a file.");
    }
    // The name is the one that the user typed: behind a link of a Hugging Face cache is a digest.
    Path named = typed.getFileName();
    String name =
        named == null || named.toString().equals("..") ? path.toString() : named.toString();
    if (Archives.isZip(name)) {
      return files(reference, name, archives.zip(path, progress));
    }
    if (Archives.isTar(name)) {
      return files(reference, name, archives.tar(path, progress));
    }
    Path folder = surroundings(typed, path);
    return Companions.of(
        reference,
        shortName(name, path),
        new SourceFile(name, path.toUri(), attributes.size()),
        folder == null ? new Surroundings.Listed(List.of()) : new Surroundings.InFolder(folder));
  }

  /** The folder in which the user sees the file: a link is typed for the name it has there. */
  private static @Nullable Path surroundings(Path typed, Path real) {
    try {
      Path parent = typed.toAbsolutePath().getParent();
      return parent == null ? real.getParent() : parent.toRealPath();
    } catch (IOException e) {
      return real.getParent();
    }
  }

  /** A file whose name says nothing of the model is called after its folder. */
  private static String shortName(String fileName, Path path) {
    Path folder = path.getParent();
    Path named = folder == null ? null : folder.getFileName();
    if (named == null) {
      return fileName;
    }
    return fileName.equals("config.json")
        ? named.toString()
        : USUAL_NAME.matcher(fileName).matches() ? named + "/" + fileName : fileName;
  }

  private static Path real(String reference, Path typed) {
    try {
      return typed.toRealPath();
    } catch (NoSuchFileException e) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          reference,
          "",
          "a folder or file",
          "nothing at " + typed.toAbsolutePath().normalize(),
          "Check the path; the other forms are hf:org/name, https://...,"
              + " maven:group:artifact:version and npm:name@version.",
          e);
    } catch (IOException e) {
      throw unreadable(reference, e);
    }
  }

  static BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      throw unreadable(path.toString(), e);
    }
  }

  static ArtifactException unreadable(String file, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        file,
        "",
        "something that may be read",
        String.valueOf(cause),
        "Check the path and its permissions.",
        cause);
  }

  private static SourceFiles files(String reference, String name, List<SourceFile> files) {
    if (files.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NO_MODEL_FILE,
          reference,
          "",
          "a model's files",
          "no file at all",
          "Check that this is the model's folder or archive.");
    }
    return new SourceFiles(
        reference, name, files.stream().sorted(Comparator.comparing(SourceFile::name)).toList());
  }
}
