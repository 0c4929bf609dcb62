package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.EntryNames;
import dev.stemma.source.SourceFile;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files behind an address, which no server lists: the usual names are asked for. */
public final class HttpFolders {
  private static final Pattern FILE =
      Pattern.compile("(?i).*\\.(?:safetensors|gguf|onnx|bin|pth?|json|model|txt|tiktoken|jinja)");
  private static final Pattern ARCHIVE = Pattern.compile("(?i).*\\.(?:zip|jar|tar|tgz|tar\\.gz)");
  private static final List<String> USUAL =
      List.of(
          "config.json",
          "model.safetensors.index.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json",
          "generation_config.json",
          "adapter_config.json",
          "adapter_model.safetensors",
          "pytorch_model.bin.index.json",
          "pytorch_model.bin",
          "model.onnx",
          "tokenizer.model",
          "tekken.json",
          "vocab.json",
          "merges.txt",
          "vocab.txt");
  private static final String INDEX = ".index.json";
  private static final long MAXIMUM_INDEX_BYTES = 100_000_000;
  private static final int MAXIMUM_SHARDS = 10_000;

  private final RemoteStore store;

  HttpFolders(RemoteStore store) {
    this.store = store;
  }

  /** Whether an address is that of one file. */
  public static boolean isFile(URI uri) {
    return FILE.matcher(uri.getPath()).matches();
  }

  /** The one file at an address. */
  public SourceFile file(URI uri) {
    String path = uri.getPath();
    if (ARCHIVE.matcher(path).matches()) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_SOURCE,
          uri.toString(),
          "",
          "a model's file, or the folder of its files",
          "an archive, which is not read by range",
          "Download it and give its path.");
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return new SourceFile(name, uri, store.file(uri).sizeBytes());
  }

  /** A file of a plain name beside another, if there is one. */
  public Optional<SourceFile> beside(URI uri, String name) {
    return found(uri.resolve("./" + HubClient.encoded(name)), name);
  }

  /** The files of the usual names below an address, and the shards that an index names. */
  public List<SourceFile> folder(URI typed) {
    if (ARCHIVE.matcher(typed.getPath()).matches()) {
      file(typed);
    }
    URI base = typed.getPath().endsWith("/") ? typed : URI.create(typed + "/");
    List<SourceFile> files = new ArrayList<>(all(base, USUAL));
    TreeSet<String> shards = new TreeSet<>();
    for (SourceFile file : files) {
      if (file.name().endsWith(INDEX)) {
        shards.addAll(shards(file));
      }
    }
    files.forEach(file -> shards.remove(file.name()));
    files.addAll(all(base, shards));
    return files;
  }

  private List<SourceFile> all(URI base, Collection<String> names) {
    List<CompletableFuture<Optional<SourceFile>>> asked =
        names.stream()
            .map(name ->
                CompletableFuture.supplyAsync(
                    () -> found(base.resolve("./" + HubClient.encoded(name)), name),
                    store.queue()::later))
            .toList();
    try {
      return asked.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Optional<SourceFile> found(URI uri, String name) {
    try {
      return Optional.of(new SourceFile(name, uri, store.file(uri).sizeBytes()));
    } catch (ArtifactException e) {
      // Storage without a listing right says 403 for what is not there.
      if (e.code() == ErrorCode.NOT_FOUND
          || (e.code() == ErrorCode.ACCESS_DENIED && !name.equals("config.json"))) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Names of the files that an index names; the index's reader checks the rest. */
  private List<String> shards(SourceFile index) {
    if (index.sizeBytes() > MAXIMUM_INDEX_BYTES) {
      return List.of();
    }
    byte[] bytes =
        store.file(index.uri()).read(0, index.sizeBytes()).toArray(ValueLayout.JAVA_BYTE);
    try {
      TreeSet<String> names = new TreeSet<>();
      JsonNode map = JsonMapper.shared().readTree(bytes).path("weight_map");
      for (JsonNode value : map.values()) {
        String name = value.asString("");
        if (!name.contains("/") && !name.isEmpty() && names.size() < MAXIMUM_SHARDS) {
          EntryNames.check(index.name(), name);
          names.add(name);
        }
      }
      return List.copyOf(names);
    } catch (JacksonException e) {
      return List.of(); // said by the index's reader
    }
  }

  /** Short, for people. */
  public static String name(URI uri) {
    String[] parts = uri.getPath().replaceFirst("/+$", "").split("/", -1);
    String last = parts.length == 0 ? "" : parts[parts.length - 1];
    if (last.isEmpty()) {
      return String.valueOf(uri.getHost());
    }
    boolean usual = USUAL.contains(last.toLowerCase(Locale.ROOT)) && parts.length > 2;
    return usual ? parts[parts.length - 2] + "/" + last : last;
  }
}
