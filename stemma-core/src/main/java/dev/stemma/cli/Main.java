package dev.stemma.cli;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
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
    StandardOutput output = new StandardOutput();
    PrintWriter error = error();
    int code = run(new PrintWriter(output, false, StandardCharsets.UTF_8), error, arguments);
    String failure = output.failure();
    if (failure != null) {
      error.println(
          "stemma: standard output: expected a place that can be written, found: "
              + failure
              + ". What was printed is not whole. ["
              + ErrorCode.CANNOT_WRITE
              + "]");
      code = BAD_INPUT;
    }
    System.exit(code);
  }

  /** Runs the command line with these streams; the exit code. */
  public static int run(PrintWriter out, PrintWriter error, String... arguments) {
    CommandLine commandLine = StemmaCommand.commandLine(arguments);
    commandLine.setOut(out);
    commandLine.setErr(error);
    // @FILE stands for a file's words: not where somebody else than the user wrote it.
    commandLine.setExpandAtFiles(!CommandCalls.CALLER.isBound());
    commandLine.setUsageHelpWidth(Math.max(MINIMUM_HELP_COLUMNS, Terminal.width()));
    commandLine.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            Terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(failures());
    commandLine.setParameterExceptionHandler(UsageErrors::print);
    int code = execute(commandLine, arguments);
    out.flush();
    error.flush();
    return code;
  }

  /** What is no exception would end the program with 1, which means something else. */
  private static int execute(CommandLine commandLine, String... arguments) {
    try {
      return commandLine.execute(arguments);
    } catch (OutOfMemoryError e) {
      commandLine
          .getErr()
          .println(
              "stemma: the "
                  + (Runtime.getRuntime().maxMemory() >> 20)
                  + " MB of memory are used up. Give more, as STEMMA_JAVA_OPTIONS=-Xmx4g, or"
                  + " fewer --threads.");
      return COULD_NOT_CONCLUDE;
    } catch (StackOverflowError | LinkageError | InternalError | AssertionError e) {
      return defect(e, commandLine);
    }
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
          return defect(exception, command);
        }
      }
    };
  }

  private static int defect(Throwable problem, CommandLine command) {
    PrintWriter error = command.getErr();
    error.println("stemma: a defect of ours: " + problem);
    error.println(
        "Please report it with the command and this text (version "
            + versionOf(command.getCommandSpec())
            + "):");
    problem.printStackTrace(error);
    return DEFECT;
  }

  private static String versionOf(CommandSpec spec) {
    return String.join(" ", spec.root().version());
  }
}
