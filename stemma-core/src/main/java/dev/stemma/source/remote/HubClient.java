package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.EntryNames;
import dev.stemma.source.ModelReference;
import dev.stemma.source.SourceFile;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lists a model of the hub. The revision is pinned to its commit once, and every byte is read of
 * that commit.
 */
public final class HubClient {
  private static final int MAXIMUM_LIST_BYTES = 64 << 20;
  private static final int MAXIMUM_FILES = 50_000;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern READ_FIRST =
      Pattern.compile(
          "config\\.json|tokenizer\\.json|[^/]*\\.safetensors|[^/]*\\.safetensors\\.index\\.json");

  private final HubSettings settings;
  private final RemoteStore store;

  HubClient(HubSettings settings, RemoteStore store) {
    this.settings = settings;
    this.store = store;
  }

  /**
   * A model's files at one commit.
   *
   * @param commit empty where they were taken from the hub's local cache and it is not known
   */
  public record Listing(List<SourceFile> files, String commit, List<String> notes) {}

  /**
   * The files of a model, where they are: those that the hub's own programs have downloaded of the
   * same commit are read here.
   */
  public Listing list(ModelReference.Hub named) {
    URI api =
        URI.create(
            settings.endpoint()
                + "/api/models/"
                + named.name()
                + "/revision/"
                + quoted(named.revision())
                + "?blobs=true");
    JsonNode answer = json(api);
    String commit = answer.path("sha").asString("");
    JsonNode siblings = answer.path("siblings");
    if (!COMMIT.matcher(commit).matches() || !siblings.isArray()) {
      throw Failures.download(
          api, "", "a model's commit and files", "other JSON: is HF_ENDPOINT a hub?", null);
    }
    if (siblings.size() > MAXIMUM_FILES) {
      throw new ArtifactException(
          ErrorCode.TOO_MANY_ENTRIES,
          named.toString(),
          "",
          "at most " + MAXIMUM_FILES + " files",
          siblings.size() + "",
          "Choose another model.");
    }
    List<SourceFile> files = new ArrayList<>();
    List<URI> first = new ArrayList<>();
    int here = 0;
    for (JsonNode sibling : siblings) {
      String path = sibling.path("rfilename").asString("");
      long size = sibling.path("lfs").path("size").asLong(sibling.path("size").asLong(-1));
      EntryNames.check(named.toString(), path);
      if (size < 0) {
        throw Failures.download(api, path, "a file's size", "none", null);
      }
      Optional<Path> local = local(named, commit, path, size);
      URI uri =
          URI.create(
              settings.endpoint()
                  + "/"
                  + named.name()
                  + "/resolve/"
                  + commit
                  + "/"
                  + encoded(path));
      here += local.isPresent() ? 1 : 0;
      files.add(new SourceFile(path, local.map(Path::toUri).orElse(uri), size));
      if (local.isEmpty() && READ_FIRST.matcher(path).matches()) {
        first.add(uri);
      }
    }
    store.openAhead(first);
    return new Listing(
        files,
        commit,
        here == 0
            ? List.of()
            : List.of(here + " files of this commit were read from " + repository(named)));
  }

  /** What the hub's own programs have downloaded of a model, for when the hub cannot be asked. */
  public Optional<Path> downloaded(ModelReference.Hub named) {
    Path repository = repository(named);
    try {
      Path ref = repository.resolve("refs").resolve(named.revision());
      String commit =
          COMMIT.matcher(named.revision()).matches()
              ? named.revision()
              : Files.isRegularFile(ref) && Files.size(ref) < 200
                  ? Files.readString(ref).strip()
                  : "";
      Path snapshot = repository.resolve("snapshots").resolve(commit);
      return COMMIT.matcher(commit).matches() && Files.isDirectory(snapshot)
          ? Optional.of(snapshot)
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether the user wants the hub not to be asked. */
  public boolean offline() {
    return settings.offline();
  }

  private Path repository(ModelReference.Hub named) {
    return settings.cache().resolve("models--" + named.name().replace("/", "--"));
  }

  private Optional<Path> local(ModelReference.Hub named, String commit, String path, long size) {
    try {
      Path repository = repository(named).toRealPath();
      Path file = repository.resolve("snapshots").resolve(commit).resolve(path).toRealPath();
      return file.startsWith(repository) && Files.isRegularFile(file) && Files.size(file) == size
          ? Optional.of(file)
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private JsonNode json(URI api) {
    try {
      return JsonMapper.shared()
          .readTree(store.reader().document(store.origin(api), MAXIMUM_LIST_BYTES));
    } catch (JacksonException e) {
      throw Failures.download(api, "", "JSON", "other text: is HF_ENDPOINT a hub?", e);
    }
  }

  /** As RFC 3986 has it, which signatures are made of. */
  static String quoted(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /** A path in an address, each part quoted. */
  static String encoded(String path) {
    StringBuilder text = new StringBuilder();
    for (String part : path.split("/", -1)) {
      text.append(text.isEmpty() ? "" : "/").append(quoted(part));
    }
    return text.toString();
  }
}
