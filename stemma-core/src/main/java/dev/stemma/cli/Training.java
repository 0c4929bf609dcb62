package dev.stemma.cli;

import dev.stemma.GuestAccess;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import dev.stemma.source.Trust;
import dev.stemma.source.remote.NetworkPolicy;
import dev.stemma.web.WebServer;
import dev.stemma.web.WebSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * A training run for the launcher's ahead-of-time cache: classes and profiles of the common
 * commands, on a small pair of models that it makes and deletes.
 */
public final class Training {
  private static final int HIDDEN = 1024;
  private static final int LAYERS = 2;
  private static final int TOKENS = 20_000;

  private Training() {}

  /** Runs the commands; what they print goes nowhere. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("stemma-training-");
    try {
      Path a = model(folder.resolve("a"), 1);
      Path b = model(folder.resolve("b"), 2);
      PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
      Main.run(nowhere, nowhere, "--version");
      String tokenizer = tokenizer(folder.resolve("tokenizer.json"));
      Main.run(nowhere, nowhere, "tokenizer", tokenizer, tokenizer, "--json");
      String results = folder.resolve("results.json").toString();
      for (int round = 0; round < 3; round++) {
        WarmUp.startFor("weights", "");
        weights(nowhere, a.toString(), b.toString(), results);
      }
      byRange(folder, address -> weights(nowhere, address + "a", address + "b", results));
      serve(folder.resolve("server"));
    } finally {
      delete(folder);
    }
  }

  private static void weights(PrintWriter nowhere, String a, String b, String results) {
    Main.run(nowhere, nowhere, "weights", "--model1", a, "--model2", b, "--output", results);
  }

  /** The same models from a server; the launcher names a cache of its own for what is fetched. */
  private static void byRange(Path folder, Consumer<String> reading) throws IOException {
    Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ResourceHandler files = new ResourceHandler();
    files.setBaseResource(ResourceFactory.of(server).newResource(folder));
    server.setHandler(files);
    try {
      server.start();
      reading.accept(server.getURI().toString());
      server.stop();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** A server that shows its first pages. */
  private static void serve(Path data) throws IOException {
    GuestAccess access =
        new GuestAccess(
            data,
            null,
            data.resolve("catalogue.db"),
            Trust.of(List.of()),
            NetworkPolicy.PUBLIC_ONLY);
    Files.createDirectories(data);
    Catalogue.open(data.resolve("catalogue.db")).close();
    try (WebServer server =
        WebServer.start(
            new WebSettings("127.0.0.1", 0, null, null, access, 1, 1, WebSettings.Limits.STANDARD),
            null,
            problem -> {})) {
      for (String page : List.of("/", "/jobs", "/catalogue", "/api/jobs", "/?language=ko")) {
        URI address = URI.create("http://127.0.0.1:" + server.port() + page);
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setRequestProperty("Accept", "text/html");
        connection.getInputStream().readAllBytes();
      }
    }
  }

  /** Tokens and merge rules enough to profile the reading. */
  private static String tokenizer(Path file) throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    StringBuilder merges = new StringBuilder();
    for (int id = 0; id < TOKENS; id++) {
      String token = "t" + Integer.toString(id * 7919, 36);
      vocabulary.append(id == 0 ? "" : ",").append('"').append(token).append("\":").append(id);
      merges.append(id == 0 ? "" : ",").append("[\"t\",\"").append(token).append("\"]");
    }
    Files.writeString(
        file,
        "{\"added_tokens\":[],\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\","
            + "\"vocab\":{"
            + vocabulary
            + "},\"merges\":["
            + merges
            + "]}}");
    return file.toString();
  }

  private static Path model(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (String part : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
        entries.add(
            new Entry(
                "model.layers." + layer + ".self_attn." + part + ".weight",
                ElementType.BF16,
                Shape.of(HIDDEN, HIDDEN),
                (first, count, destination) -> {
                  for (int i = 0; i < count; i++) {
                    destination[i] = random.nextFloat() - 0.5f;
                  }
                }));
      }
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\":\"llama\",\"hidden_size\":1024,\"num_hidden_layers\":2,"
            + "\"num_attention_heads\":8,\"vocab_size\":32,\"intermediate_size\":1024}");
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
