package dev.stemma.cli;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.mcp.Agents;
import dev.stemma.report.ToolVersion;
import dev.stemma.web.WebServer;
import dev.stemma.web.WebSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code stemma serve}: the web application. */
@Command(
    name = "serve",
    description =
        "Serves comparisons in the browser, as REST, and as tools for agents (MCP at /mcp).",
    footer = {
      "",
      "Reachable from this machine alone unless --host says otherwise; then everybody must show a"
          + " token. Put a proxy with TLS before it and name its address with --public-url.",
      "Guests name public models and upload files; paths of this machine stay closed.",
      "Examples:",
      "  stemma serve",
      "  stemma serve --port 9000 --data /var/lib/stemma",
      "  stemma serve --host 0.0.0.0 --token-file token.txt --public-url https://stemma.example"
    })
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen at (default: ${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port, 0 for any that is free (default: ${DEFAULT-VALUE}).")
  int port = 8017;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description = "The address people type, where a proxy stands before the server.")
  @Nullable URI publicUrl;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The token that everybody must show, in a file (or in STEMMA_TOKEN).")
  @Nullable Path tokenFile;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description =
          "Let agents at /mcp and programs name files below this folder too, and record in"
              + " notebooks there.")
  @Nullable Path root;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Comparisons at a time, 1 to 64 (default: ${DEFAULT-VALUE}).")
  int parallel = 2;

  @Option(
      names = "--job-minutes",
      paramLabel = "N",
      description = "Stop a comparison after so many minutes (default: ${DEFAULT-VALUE}).")
  int minutes = 30;

  @Option(
      names = "--upload-limit",
      paramLabel = "MB",
      description = "The most that one upload may have, 1 to 16384 (default: ${DEFAULT-VALUE}).")
  int uploadMegabytes = 512;

  @Mixin GuestOptions guests = new GuestOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    check(port >= 0 && port <= 65_535, "--port: expected 0 to 65535, found " + port);
    check(parallel >= 1 && parallel <= 64, "--parallel: expected 1 to 64, found " + parallel);
    check(minutes >= 1 && minutes <= 100_000, "--job-minutes: expected 1 or more");
    check(
        uploadMegabytes >= 1 && uploadMegabytes <= 16_384,
        "--upload-limit: expected 1 to 16384, found " + uploadMegabytes);
    URI known = publicUrl;
    check(
        known == null
            || (known.getRawAuthority() != null
                && ("https".equals(known.getScheme()) || "http".equals(known.getScheme()))),
        "--public-url: expected https://NAME, found " + known);
    WebSettings.Limits standard = WebSettings.Limits.STANDARD;
    WebSettings settings =
        new WebSettings(
            host,
            port,
            publicUrl,
            token(),
            guests.access(root, common.allowPrivate),
            parallel,
            Math.max(1, common.threads / parallel),
            new WebSettings.Limits(
                standard.requestsPerSecond(),
                standard.unfinishedJobs(),
                standard.unfinishedJobsOfAll(),
                standard.streams(),
                (long) uploadMegabytes << 20,
                Math.max(standard.uploadedBytes(), (4L * uploadMegabytes) << 20),
                Duration.ofMinutes(minutes)));
    Agents agents =
        new Agents(
            settings.access(),
            new CommandCalls(),
            parallel,
            settings.threads(),
            settings.limits().jobTime());
    WebServer server = WebServer.start(settings, agents.servlet("/mcp"), this::log);
    String url =
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port() + "/";
    say(url);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              server.close();
              ended.countDown();
            }));
    ended.await();
    return Main.OK;
  }

  private void check(boolean right, String what) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), what);
    }
  }

  private void say(String url) {
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(
          JsonMapper.shared()
              .createObjectNode()
              .put("schema", "stemma.serve/1")
              .put("version", ToolVersion.VERSION)
              .put("url", url));
    } else {
      out.println("stemma serves " + url + " (end it with Ctrl-C)");
    }
    out.flush();
  }

  private @Nullable String token() {
    try {
      if (tokenFile != null) {
        String text = Files.size(tokenFile) > 4096 ? "" : Files.readString(tokenFile).strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127)) {
          return text;
        }
        throw unusable(tokenFile, "no such line, or more than that", null);
      }
    } catch (IOException e) {
      throw unusable(tokenFile, e.getClass().getSimpleName(), e);
    }
    String variable = System.getenv("STEMMA_TOKEN");
    return variable == null || variable.isBlank() ? null : variable.strip();
  }

  private static ArtifactException unusable(
      @Nullable Path file, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        String.valueOf(file),
        "",
        "a token: one line of letters, digits and signs",
        found,
        "Make one with: openssl rand -hex 24 > token.txt",
        cause);
  }

  private void log(Throwable defect) {
    PrintWriter error = spec.commandLine().getErr();
    synchronized (error) {
      error.println("stemma: a defect of ours: " + defect);
      defect.printStackTrace(error);
      error.flush();
    }
  }
}
