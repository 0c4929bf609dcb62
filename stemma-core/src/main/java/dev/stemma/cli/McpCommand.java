package dev.stemma.cli;

import dev.stemma.mcp.Agents;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stemma mcp}: the tools for one agent, over standard input and output. */
@Command(
    name = "mcp",
    description =
        "Serves the tools inspect, compare, tokenizer, verify, trainlog, search and notebook to an"
            + " agent over standard input and output (Model Context Protocol).",
    footer = {
      "",
      "The agent names public models, and files below --root; nothing else of this machine. This"
          + " user's logins are not used unless --allow-reference lists a prefix.",
      "Over HTTP: stemma serve, at /mcp.",
      "Examples:",
      "  stemma mcp --root ./models",
      "  claude mcp add stemma -- stemma mcp --root /srv/models",
      "  {\"mcpServers\":{\"stemma\":{\"command\":\"stemma\",\"args\":[\"mcp\",\"--root\",\"/srv/models\"]}}}"
    })
final class McpCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofHours(2);

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Paths are below this folder, links followed (default: the current one).")
  Path root = Path.of("");

  @Mixin GuestOptions guests = new GuestOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws InterruptedException {
    Agents agents =
        new Agents(
            guests.access(root.toAbsolutePath(), common.allowPrivate),
            new CommandCalls(),
            1,
            common.threads,
            LIMIT);
    // Standard output is the protocol's: whatever else would print there goes to standard error.
    System.setOut(System.err);
    agents.serve(
        new FileInputStream(FileDescriptor.in),
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    return Main.OK;
  }
}
