package dev.stemma.mcp;

import dev.stemma.GuestAccess;
import dev.stemma.GuestVisit;
import dev.stemma.artifact.ArtifactException;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs calls of tools, a few at a time and none for ever. */
final class Calls {
  private static final int DEFECT = 70;

  private final GuestAccess access;
  private final Commands commands;
  private final Semaphore places;
  private final Duration limit;
  private final int threads;

  Calls(GuestAccess access, Commands commands, int parallel, int threads, Duration limit) {
    this.access = access;
    this.commands = commands;
    this.places = new Semaphore(parallel, true);
    this.threads = threads;
    this.limit = limit;
  }

  CallToolResult call(Tool tool, McpSyncServerExchange exchange, CallToolRequest request) {
    GuestVisit visit = access.visit();
    try {
      List<String> command =
          new ArrayList<>(tool.command().of(new Arguments(request.arguments()), visit));
      if (tool.readOnly()) { // what writes records, and computes nothing
        command.add(command.indexOf("--json") + 1, "--threads=" + threads);
      }
      FutureTask<Commands.Answer> work =
          new FutureTask<>(
              () -> commands.run(visit.sources(), progress(exchange, request), command));
      return result(tool, visit, run(work));
    } catch (ArtifactException e) {
      return failure(String.valueOf(visit.masked(e).getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failure("interrupted");
    } catch (TimeoutException e) {
      return failure(
          "Stopped after "
              + limit.toMinutes()
              + " minutes: compare smaller models, or run stemma on the command line.");
    } catch (ExecutionException e) {
      return failure("a defect of ours: " + String.valueOf(e.getCause()).replaceAll(":.*", ""));
    }
  }

  private Commands.Answer run(FutureTask<Commands.Answer> work)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!places.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException();
    }
    try {
      Thread.ofPlatform().daemon().name("tool").start(work);
      return work.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      work.cancel(true);
      places.release();
    }
  }

  private static CallProgress progress(McpSyncServerExchange exchange, CallToolRequest request) {
    Map<String, Object> meta = request.meta();
    @Nullable Object token = meta == null ? null : meta.get("progressToken");
    return new CallProgress((progress, message) -> {
      if (token != null) {
        try {
          exchange.progressNotification(
              ProgressNotification.builder(token, progress).message(message).build());
        } catch (RuntimeException e) {
          // Whoever does not listen any more still gets the result, or nothing.
        }
      }
    });
  }

  private static CallToolResult result(Tool tool, GuestVisit visit, Commands.Answer answer) {
    // 1 and 3 come with a document too: an expectation that was not met, an analysis that failed.
    if (answer.exitCode() == 2 || answer.exitCode() >= DEFECT || answer.out().isBlank()) {
      String said = visit.masked(answer.error()).strip();
      return failure(
          answer.exitCode() == DEFECT || said.isEmpty()
              ? "A defect of ours (exit code " + answer.exitCode() + ")."
              : said.startsWith("stemma: ") ? said.substring(8) : said);
    }
    JsonNode json = JsonMapper.shared().readTree(visit.masked(answer.out()));
    if (!(json instanceof ObjectNode document)) {
      return failure("A defect of ours: no JSON object.");
    }
    String telling = tool.telling().of(document);
    return CallToolResult.builder()
        .addTextContent(telling)
        .structuredContent(
            JsonMapper.shared().convertValue(document, new TypeReference<Map<String, Object>>() {}))
        .isError(false)
        .build();
  }

  private static CallToolResult failure(String why) {
    return CallToolResult.builder().addTextContent(why).isError(true).build();
  }
}
