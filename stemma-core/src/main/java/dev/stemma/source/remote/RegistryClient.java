package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
import dev.stemma.source.ModelReference;
import dev.stemma.source.SourceFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the GGUF layers of a model in Ollama's registry, or in another that speaks OCI's protocol;
 * what Ollama has pulled to this machine is read here.
 */
public final class RegistryClient {
  private static final int MAXIMUM_MANIFEST_BYTES = 4 << 20;
  private static final int MOST_MANIFESTS = 16;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final String MANIFESTS =
      "application/vnd.docker.distribution.manifest.v2+json,"
          + " application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json";

  /** File names by media type. */
  private static final Map<String, String> LAYERS =
      Map.of(
          "application/vnd.ollama.image.model", "model",
          "application/vnd.docker.ai.gguf.v3", "model",
          "application/vnd.ollama.image.projector", "mmproj",
          "application/vnd.docker.ai.mmproj", "mmproj",
          "application/vnd.ollama.image.adapter", "adapter");

  private final Path pulled;
  private final RemoteStore store;
  private final ConcurrentHashMap<URI, RegistryLogin> logins = new ConcurrentHashMap<>();

  /** With the folder of Ollama's own models on this machine. */
  RegistryClient(Map<String, String> environment, Path home, RemoteStore store) {
    String chosen = environment.get("OLLAMA_MODELS");
    this.pulled =
        chosen == null || chosen.isBlank()
            ? home.resolve(".ollama").resolve("models")
            : Path.of(chosen);
    this.store = store;
  }

  /** A model's files, and where they were found. */
  public record Listing(List<SourceFile> files, List<String> notes) {}

  /** The GGUF files of a model. */
  public Listing list(ModelReference.Registry named) {
    Optional<Listing> here = local(named);
    if (here.isPresent()) {
      return here.get();
    }
    URI registry = URI.create(scheme(named.host()) + "://" + named.host() + "/");
    logins.putIfAbsent(registry, new RegistryLogin(registry, store.reader()));
    JsonNode manifest = manifest(named, registry, named.tag(), 0);
    List<SourceFile> files = new ArrayList<>();
    for (Layer layer : layers(named, manifest)) {
      URI blob = registry.resolve("v2/" + named.repository() + "/blobs/" + layer.digest());
      files.add(new SourceFile(layer.file(), blob, layer.sizeBytes()));
    }
    return new Listing(files, List.of("model layer " + digest(manifest)));
  }

  private static String digest(JsonNode manifest) {
    for (JsonNode layer : manifest.path("layers").values()) {
      if ("model".equals(LAYERS.get(layer.path("mediaType").asString("")))) {
        return layer.path("digest").asString("");
      }
    }
    return "";
  }

  private static String scheme(String host) {
    String name = host.replaceFirst(":\\d+$", "");
    return Addresses.isWrittenLoopback(name) ? "http" : "https";
  }

  /** Who asks for an address, if it lies in a registry that a reference named. */
  Optional<Origin> origin(URI uri) {
    for (Map.Entry<URI, RegistryLogin> login : logins.entrySet()) {
      if (uri.getHost() != null && Authoriser.sameOrigin(uri, login.getKey())) {
        return Optional.of(
            new Origin(uri, login.getValue(), Origin.open(uri).loopbackAsked(), false));
      }
    }
    return Optional.empty();
  }

  private JsonNode manifest(ModelReference.Registry named, URI registry, String tag, int asked) {
    URI uri = registry.resolve("v2/" + named.repository() + "/manifests/" + tag);
    byte[] bytes =
        store
            .reader()
            .document(store.origin(uri), MAXIMUM_MANIFEST_BYTES, Map.of("Accept", MANIFESTS));
    if (DIGEST.matcher(tag).matches()
        && !tag.equals("sha256:" + Sha256.hex(Sha256.start(), bytes))) {
      throw Failures.download(
          uri, "", tag, "other bytes: sha256:" + Sha256.hex(Sha256.start(), bytes), null);
    }
    JsonNode manifest = json(uri.toString(), bytes);
    if (!manifest.path("manifests").isArray()) {
      return manifest;
    }
    for (JsonNode one : manifest.path("manifests").values()) {
      String digest = one.path("digest").asString("");
      if (DIGEST.matcher(digest).matches() && asked < MOST_MANIFESTS) {
        JsonNode inner = manifest(named, registry, digest, asked + MOST_MANIFESTS / 2);
        if (!digest(inner).isEmpty()) {
          return inner;
        }
      }
    }
    return manifest;
  }

  private record Layer(String file, String digest, long sizeBytes) {}

  private static List<Layer> layers(ModelReference.Registry named, JsonNode manifest) {
    List<Layer> found = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (JsonNode layer : manifest.path("layers").values()) {
      String type = layer.path("mediaType").asString("");
      String digest = layer.path("digest").asString("");
      long size = layer.path("size").asLong(-1);
      String name = LAYERS.get(type);
      types.add(type);
      if (name != null && DIGEST.matcher(digest).matches() && size >= 0) {
        long before = found.stream().filter(one -> one.file().startsWith(name)).count();
        found.add(
            new Layer(name + (before == 0 ? "" : "-" + (before + 1)) + ".gguf", digest, size));
      }
    }
    if (found.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NO_MODEL_FILE,
          named.toString(),
          "manifest",
          "a layer with a GGUF file",
          types.isEmpty()
              ? "no layers"
              : String.join(", ", types.subList(0, Math.min(6, types.size()))),
          "Choose a model in GGUF.");
    }
    return found;
  }

  private static JsonNode json(String file, byte[] bytes) {
    try {
      return JsonMapper.shared().readTree(bytes);
    } catch (JacksonException e) {
      throw new ArtifactException(
          ErrorCode.DOWNLOAD_FAILED,
          file,
          "",
          "a manifest in JSON",
          "other text",
          "Check the registry's name.",
          e);
    }
  }

  /** What Ollama has pulled, if all its layers are here. */
  private Optional<Listing> local(ModelReference.Registry named) {
    try {
      Path manifest =
          pulled
              .resolve("manifests")
              .resolve(named.host())
              .resolve(named.repository())
              .resolve(named.tag());
      if (!Files.isRegularFile(manifest) || Files.size(manifest) > MAXIMUM_MANIFEST_BYTES) {
        return Optional.empty();
      }
      List<SourceFile> files = new ArrayList<>();
      for (Layer layer : layers(named, json(manifest.toString(), Files.readAllBytes(manifest)))) {
        Path blob = pulled.resolve("blobs").resolve(layer.digest().replace(':', '-'));
        if (!Files.isRegularFile(blob) || Files.size(blob) != layer.sizeBytes()) {
          return Optional.empty();
        }
        files.add(new SourceFile(layer.file(), blob.toUri(), layer.sizeBytes()));
      }
      return Optional.of(
          new Listing(files, List.of("read from " + pulled + ", where it was pulled")));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
