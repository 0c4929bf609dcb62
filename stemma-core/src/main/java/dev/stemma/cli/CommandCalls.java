package dev.stemma.cli;

import dev.stemma.mcp.Commands;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Commands that a server runs for others: they read through its sources and print into memory. */
final class CommandCalls implements Commands {
  /** Whose sources and progress a command on this thread has, where not the user's own. */
  record Caller(Sources sources, Progress progress) {}

  static final ScopedValue<Caller> CALLER = ScopedValue.newInstance();

  @Override
  public Answer run(Sources sources, Progress progress, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter error = new StringWriter();
    int code =
        ScopedValue.where(CALLER, new Caller(sources, progress))
            .call(() ->
                Main.run(
                    new PrintWriter(out),
                    new PrintWriter(error),
                    arguments.toArray(String[]::new)));
    return new Answer(code, out.toString(), error.toString());
  }
}
