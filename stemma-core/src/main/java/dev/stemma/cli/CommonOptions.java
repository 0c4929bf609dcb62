package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.numeric.PairKernels;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.source.remote.NetworkPolicy;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has; a command takes them with {@code @Mixin}. */
public final class CommonOptions {
  private static final int MAXIMUM_THREADS = 1024;

  @Option(
      names = "--json",
      description = "Print one JSON document on standard output and nothing else there.")
  boolean json;

  @Option(names = "--quiet", description = "No progress, no talk on standard error.")
  boolean quiet;

  @Option(
      names = "--verbose",
      description = "Say on standard error which kernel, threads and Java are used.")
  boolean verbose;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads, 1 to 1024 (default: the machine's cores).")
  void setThreads(int number) {
    if (number < 1 || number > MAXIMUM_THREADS) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--threads: expected 1 to " + MAXIMUM_THREADS + ", found " + number);
    }
    threads = number;
  }

  @Option(
      names = "--allow-private",
      description = "Also read from addresses of private networks (https only).")
  boolean allowPrivate;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** Progress bars on a terminal, silence elsewhere. */
  Progress progress() {
    if (CommandCalls.CALLER.isBound()) {
      return CommandCalls.CALLER.get().progress();
    }
    return quiet || !Terminal.errorIsTerminal() ? Progress.NONE : new TerminalProgress();
  }

  /** Opens the facade with these options; the caller closes it. */
  Investigation investigation() {
    if (verbose) {
      System.err.println(
          "stemma: pair kernel "
              + PairKernels.best().name()
              + ", "
              + threads
              + " threads, "
              + System.getProperty("java.vm.version"));
    }
    return new Investigation(sources(), threads, progress());
  }

  /** Where models are found; on a command line a typed loopback address is asked. */
  Sources sources() {
    if (CommandCalls.CALLER.isBound()) {
      return CommandCalls.CALLER.get().sources();
    }
    return Sources.standard(new NetworkPolicy(allowPrivate, true));
  }
}
