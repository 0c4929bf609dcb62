package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.GuestAccess;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.mcp.Agents;
import dev.stemma.source.Trust;
import dev.stemma.source.remote.NetworkPolicy;
import dev.stemma.testing.TinyLlama;
import dev.stemma.web.WebServer;
import dev.stemma.web.WebSettings;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official client talks to {@code stemma mcp} and to {@code /mcp} of {@code stemma serve}. */
class AgentsTest {
  @TempDir Path folder;
  private Path root;
  private Path data;
  private Path catalogue;
  private final List<ProgressNotification> progress = new CopyOnWriteArrayList<>();

  @BeforeEach
  void models() throws IOException {
    root = Files.createDirectories(folder.resolve("root"));
    data = Files.createDirectories(folder.resolve("data"));
    TinyLlama.write(root.resolve("a"), 2, 1);
    TinyLlama.write(root.resolve("b"), 2, 2);
    Path secret = TinyLlama.write(folder.resolve("secret"), 2, 3);
    Files.createSymbolicLink(root.resolve("link"), secret);
    Files.createDirectories(root.resolve("inside"));
    Files.createSymbolicLink(
        root.resolve("inside/model.safetensors"), secret.resolve("model.safetensors"));
    Files.writeString(
        root.resolve("train.csv"),
        "step,loss\n"
            + String.join(
                "\n",
                IntStream.range(0, 60)
                    .mapToObj(step -> step * 10 + "," + (3.7 - Math.log1p(step) * 0.4))
                    .toList())
            + "\n");
    Main.run(
        new java.io.PrintWriter(java.io.Writer.nullWriter()),
        new java.io.PrintWriter(java.io.Writer.nullWriter()),
        "notebook",
        "init",
        "--no-agents",
        root.resolve("notes").toString());
    catalogue = folder.resolve("catalogue.db");
    Catalogue.open(catalogue).close();
    Main.run(
        new java.io.PrintWriter(java.io.Writer.nullWriter()),
        new java.io.PrintWriter(java.io.Writer.nullWriter()),
        "catalogue",
        "add",
        "--catalogue",
        catalogue.toString(),
        root.resolve("a").toString());
  }

  private McpSyncClient client(McpClientTransport transport) {
    McpSyncClient client =
        McpClient.sync(transport)
            .requestTimeout(Duration.ofSeconds(120))
            .initializationTimeout(Duration.ofSeconds(60))
            .progressConsumer(progress::add)
            .build();
    client.initialize();
    return client;
  }

  @Test
  void overStandardInputAndOutput() {
    ServerParameters program =
        ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .args(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.stemma.cli.Main",
                "mcp",
                "--threads=1",
                "--root=" + root,
                "--data=" + data,
                "--catalogue=" + catalogue)
            .build();
    try (McpSyncClient client =
        client(new StdioClientTransport(program, McpJsonDefaults.getMapper()))) {
      everyTool(client);
      hostile(client);
    }
  }

  @Test
  void overHttp() {
    GuestAccess access =
        new GuestAccess(data, root, catalogue, Trust.of(List.of()), NetworkPolicy.PUBLIC_ONLY);
    Agents agents = new Agents(access, new CommandCalls(), 1, 1, Duration.ofMinutes(5));
    List<Throwable> defects = Collections.synchronizedList(new java.util.ArrayList<>());
    try (WebServer server =
            WebServer.start(
                new WebSettings(
                    "127.0.0.1",
                    0,
                    null,
                    "a-token-of-some-length",
                    access,
                    1,
                    1,
                    WebSettings.Limits.STANDARD),
                agents.servlet("/mcp"),
                defects::add);
        McpSyncClient client =
            client(
                HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.port())
                    .endpoint("/mcp")
                    .addHttpRequestCustomizer((builder, method, uri, body, context) ->
                        builder.header("Authorization", "Bearer a-token-of-some-length"))
                    .build())) {
      everyTool(client);
      hostile(client);
    }
    assertThat(defects).isEmpty();
  }

  private void everyTool(McpSyncClient client) {
    assertThat(client.listTools().tools().stream().map(Tool::name))
        .contains("inspect", "compare", "tokenizer", "verify", "trainlog", "search", "notebook");
    assertThat(client.listTools().tools())
        .allSatisfy(tool -> {
          assertThat(tool.outputSchema()).isNotEmpty();
          assertThat(tool.inputSchema()).containsEntry("additionalProperties", false);
        });

    Map<String, Object> card = call(client, "inspect", Map.of("models", List.of("a")));
    assertThat(card).containsEntry("schema", "stemma.inspect/1").containsEntry("family", "llama");

    Map<String, Object> report =
        call(client, "compare", Map.of("a", "a", "b", "b", "controls", List.of()));
    assertThat(report).containsEntry("schema", "stemma.report/1");
    assertThat(String.valueOf(report.get("verdict"))).doesNotContain("derived");
    assertThat(report.toString()).doesNotContain(folder.toString());
    assertThat(progress).isNotEmpty();
    assertThat(progress.stream().map(ProgressNotification::progress).toList()).isSorted();

    Map<String, Object> near = call(client, "search", Map.of("model", "a", "top", 3));
    assertThat(near).containsEntry("schema", "stemma.search/1");
    assertThat(near.toString()).contains("catalogue:a").doesNotContain(folder.toString());

    Map<String, Object> found = call(client, "verify", Map.of("model", "b"));
    assertThat(String.valueOf(found.get("searched"))).doesNotContain(folder.toString());

    Map<String, Object> log =
        call(client, "trainlog", Map.of("files", List.of("train.csv"), "vocabulary", 40));
    assertThat(log).containsEntry("schema", "stemma.trainlog/1");

    String question = "Why is a high cosine of norm weights no evidence?";
    Map<String, Object> answer =
        call(client, "notebook", Map.of("action", "ask", "folder", "notes", "question", question));
    assertThat(String.valueOf(answer.get("answer"))).contains("cosine");
    Map<String, Object> added =
        call(
            client,
            "notebook",
            Map.of(
                "action",
                "add",
                "folder",
                "notes",
                "question",
                "@" + folder.resolve("secret/config.json") + "?",
                "answer",
                "@/etc/passwd"));
    assertThat(added.toString()).doesNotContain("model_type").doesNotContain("root:");
    assertThat(call(client, "notebook", Map.of("action", "list", "folder", "notes")).toString())
        .contains(question)
        .contains("number=2");
    assertThat(call(client, "notebook", Map.of("action", "check", "folder", "notes")))
        .containsEntry("problems", List.of());
  }

  private Map<String, Object> call(McpSyncClient client, String tool, Map<String, Object> with) {
    progress.clear();
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder(tool)
                .arguments(with)
                .meta(Map.of("progressToken", "p-" + tool))
                .build());
    assertThat(result.isError()).as(tool + ": " + result.content()).isFalse();
    assertThat(result.content()).isNotEmpty();
    @SuppressWarnings("unchecked")
    Map<String, Object> structured = (Map<String, Object>) result.structuredContent();
    return structured;
  }

  /** Nothing outside of the root, whatever is tried. */
  private void hostile(McpSyncClient client) {
    for (String reference :
        List.of(
            "../secret",
            folder.resolve("secret").toString(),
            "link",
            "inside",
            "a/../../secret",
            "/etc",
            "file:///etc/passwd",
            "--help",
            "-h",
            "upload:../key",
            "a++../secret",
            "http://127.0.0.1/",
            "s3://bucket/x",
            "a\u0000b")) {
      CallToolResult result =
          client.callTool(
              CallToolRequest.builder("inspect")
                  .arguments(Map.of("models", List.of(reference)))
                  .build());
      assertThat(result.isError()).as(reference).isTrue();
      assertThat(((TextContent) result.content().getFirst()).text())
          .as(reference)
          .doesNotContain("defect")
          .doesNotContain(data.toString());
    }
    for (String notes : List.of("../secret", "a", "/etc", "inside")) {
      assertThat(
              client
                  .callTool(
                      CallToolRequest.builder("notebook")
                          .arguments(Map.of("action", "list", "folder", notes))
                          .build())
                  .isError())
          .as(notes)
          .isTrue();
    }
    for (Map<String, Object> with :
        List.<Map<String, Object>>of(
            Map.of(), Map.of("models", 7), Map.of("models", List.of(7)), Map.of("models", ""))) {
      assertThat(
              client.callTool(CallToolRequest.builder("inspect").arguments(with).build()).isError())
          .isTrue();
    }
  }
}
