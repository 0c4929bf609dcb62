package dev.stemma.spark;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.report.ToolVersion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.ToIntFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code spark-submit} starts: fingerprints or comparisons of many models on a cluster. */
@Command(
    name = "sweep",
    description = "Fingerprints or compares many models on a Spark cluster.",
    mixinStandardHelpOptions = true,
    version = "stemma-spark " + ToolVersion.VERSION,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {FingerprintCommand.class, ComparePairsCommand.class},
    footer = {
      "",
      "Every executor must reach the models by the same references: hf:, https:, s3: or a shared"
          + " folder.",
      "Examples:",
      "  spark-submit --master spark://HOST:7077 stemma-spark.jar fingerprint models.txt"
          + " --catalogue known.db",
      "  spark-submit --master spark://HOST:7077 stemma-spark.jar compare pairs.txt --output"
          + " reports.jsonl"
    })
public final class Sweep {
  private static final int OK = 0;
  private static final int BAD_INPUT = 2;
  private static final int DEFECT = 70;
  private static final int INTERRUPTED = 130;

  /** A task lost with its executor is tried so often in all. */
  private static final String MOST_ATTEMPTS = "8";

  private Sweep() {}

  /** Runs and exits: 0 done, 2 where a model failed or the usage was wrong. */
  public static void main(String[] arguments) {
    int code =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    if (code != OK) {
      System.exit(code);
    }
  }

  static int run(PrintWriter out, PrintWriter error, String... arguments) {
    CommandLine commandLine = new CommandLine(new Sweep());
    commandLine.setOut(out);
    commandLine.setErr(error);
    commandLine.setExecutionExceptionHandler((exception, command, result) -> {
      switch (exception) {
        case ArtifactException problem -> {
          error.println("stemma: " + problem.getMessage());
          return BAD_INPUT;
        }
        case CancellationException interrupted -> {
          error.println("stemma: interrupted");
          return INTERRUPTED;
        }
        default -> {
          error.println("stemma: a defect of ours, or of the cluster: " + exception);
          exception.printStackTrace(error);
          return DEFECT;
        }
      }
    });
    return commandLine.execute(arguments);
  }

  /** What both commands have. */
  static final class Cluster {
    @Option(names = "--json", description = "Print one JSON document at the end.")
    boolean json;

    @Option(
        names = "--allow-private",
        description = "Also read from addresses of private networks (https only).")
    boolean allowPrivate;

    /**
     * Does the work with an engine on the cluster that spark-submit names, else on this machine.
     */
    int with(ToIntFunction<SparkEngine> work) {
      SparkConf settings =
          new SparkConf()
              .setIfMissing("spark.app.name", "stemma")
              .setIfMissing("spark.master", "local[*]")
              .setIfMissing("spark.task.maxFailures", MOST_ATTEMPTS)
              .setIfMissing("spark.ui.showConsoleProgress", "false");
      try (JavaSparkContext spark = new JavaSparkContext(settings)) {
        return work.applyAsInt(new SparkEngine(spark, allowPrivate));
      }
    }
  }

  /** A command whose models may fail one by one. */
  abstract static class Sub implements Callable<Integer> {
    @Mixin Cluster cluster = new Cluster();

    @Spec CommandSpec spec = CommandSpec.create();

    int failures;

    void failed(String what, String error) {
      failures++;
      spec.commandLine().getErr().println("stemma: " + what + ": " + error);
    }

    int code() {
      return failures == 0 ? OK : BAD_INPUT;
    }
  }
}
