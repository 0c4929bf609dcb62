package dev.stemma.cli;

import dev.stemma.artifact.ArtifactException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;

/** Entry point: sets up the command line, turns failures into exit codes. */
public final class Main {
  /** Done. */
  public static final int OK = 0;

  /** An {@code --expect} was not met. */
  public static final int NOT_AS_EXPECTED = 1;

  /** Bad usage or bad input. */
  public static final int BAD_INPUT = 2;

  /** Something failed, so the analysis could not conclude. */
  public static final int COULD_NOT_CONCLUDE = 3;

  /** A defect of this program. */
  public static final int DEFECT = 70;

  private static final int INTERRUPTED = 130;

  /** The library that prints help refuses less; a narrower terminal wraps it. */
  private static final int MINIMUM_HELP_COLUMNS = 55;

  private Main() {}

  /** Runs the command line and exits. */
  public static void main(String[] arguments) {
    WarmUp.startFor(arguments);
    System.exit(
        run(new PrintWriter(System.out, false, StandardCharsets.UTF_8), error(), arguments));
  }

  /** Runs the command line with these streams; the exit code. */
  public static int run(PrintWriter out, PrintWriter error, String... arguments) {
    CommandLine commandLine = StemmaCommand.commandLine(arguments);
    commandLine.setOut(out);
    commandLine.setErr(error);
    commandLine.setUsageHelpWidth(Math.max(MINIMUM_HELP_COLUMNS, Terminal.width()));
    commandLine.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            Terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(failures());
    int code = commandLine.execute(arguments);
    out.flush();
    error.flush();
    return code;
  }

  private static PrintWriter error() {
    return new PrintWriter(System.err, true, StandardCharsets.UTF_8);
  }

  private static IExecutionExceptionHandler failures() {
    return (exception, command, result) -> {
      PrintWriter error = command.getErr();
      switch (exception) {
        case ArtifactException problem -> {
          error.println("stemma: " + problem.getMessage());
          return BAD_INPUT;
        }
        case CancellationException interrupted -> {
          error.println("stemma: interrupted");
          return INTERRUPTED;
        }
        case CommandLine.ParameterException usage -> throw usage;
        default -> {
          error.println("stemma: a defect of ours: " + exception);
          error.println(
              "Please report it with the command and this text (version "
                  + versionOf(command.getCommandSpec())
                  + "):");
          exception.printStackTrace(error);
          return DEFECT;
        }
      }
    };
  }

  private static String versionOf(CommandSpec spec) {
    return String.join(" ", spec.root().version());
  }
}
