package dev.stemma.mcp;

import dev.stemma.GuestAccess;
import dev.stemma.report.ToolVersion;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import jakarta.servlet.http.HttpServlet;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The server that agents talk to: over standard input and output, or as a servlet (streamable
 * HTTP).
 */
public final class Agents {
  private static final int MOST_REQUEST_BYTES = 1 << 20;
  private static final Duration SWEEP = Duration.ofMinutes(10);
  private static final String INSTRUCTIONS =
      "Stemma tells where a language model came from. Start with compare (two models) or verify"
          + " (one against known models). Quote the verdict with its component, relation and"
          + " log10 p; say what was not tested; never call p the probability of innocence, and"
          + " never turn no-evidence into proof of independence.";

  private final GuestAccess access;
  private final Calls calls;

  /**
   * Listens to nobody yet.
   *
   * @param parallel calls at a time
   * @param threads of one call
   * @param limit after which a call is stopped
   */
  public Agents(GuestAccess access, Commands commands, int parallel, int threads, Duration limit) {
    this.access = access;
    this.calls = new Calls(access, commands, parallel, threads, limit);
  }

  private List<SyncToolSpecification> tools() {
    return Tools.of(access).stream()
        .map(tool ->
            SyncToolSpecification.builder()
                .tool(
                    io.modelcontextprotocol.spec.McpSchema.Tool.builder(tool.name(), tool.input())
                        .title(tool.title())
                        .description(tool.description())
                        .outputSchema(tool.output())
                        .annotations(
                            new ToolAnnotations(
                                tool.title(), tool.readOnly(), false, tool.readOnly(), true, null))
                        .build())
                .callHandler((exchange, request) -> calls.call(tool, exchange, request))
                .build())
        .toList();
  }

  private static ServerCapabilities capabilities() {
    return ServerCapabilities.builder().tools(false).build();
  }

  /** A servlet for one address. */
  public HttpServlet servlet(String address) {
    return new OnFirstUse(() -> made(address));
  }

  private HttpServlet made(String address) {
    HttpServletStreamableServerTransportProvider transport =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(McpJsonDefaults.getMapper())
            .mcpEndpoint(address)
            .maxRequestSize(MOST_REQUEST_BYTES)
            .sessionSweepInterval(SWEEP)
            .build();
    McpServer.sync(transport)
        .serverInfo("stemma", ToolVersion.VERSION)
        .instructions(INSTRUCTIONS)
        .capabilities(capabilities())
        .tools(tools())
        .build();
    return transport;
  }

  /** Serves one agent until it closes the input. */
  public void serve(InputStream in, OutputStream out) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    InputStream watched =
        new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            return ending(super.read());
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return ending(super.read(bytes, offset, length));
          }

          private int ending(int read) {
            if (read < 0) {
              ended.countDown();
            }
            return read;
          }
        };
    McpSyncServer server =
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper(), watched, out))
            .serverInfo("stemma", ToolVersion.VERSION)
            .instructions(INSTRUCTIONS)
            .capabilities(capabilities())
            .tools(tools())
            .build();
    ended.await();
    server.closeGracefully();
  }
}
