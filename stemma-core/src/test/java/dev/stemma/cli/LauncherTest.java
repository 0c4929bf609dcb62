package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher as a release has it (no sources), with this JDK and these classes, in poor
 * surroundings.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path home = Path.of("");
  private Path tools = home;

  @BeforeEach
  void release() throws IOException {
    Files.copy(Path.of("..", "stemma"), home.resolve("stemma"));
    Path target = Files.createDirectories(home.resolve("stemma-core").resolve("target"));
    Path libraries = Files.createDirectories(target.resolve("lib"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (entry.endsWith(".jar")) {
        Files.createSymbolicLink(libraries.resolve(path.getFileName()), path);
      } else if (Files.isDirectory(path.resolve("dev/stemma/cli"))
          && Files.exists(path.resolve("dev/stemma/cli/Main.class"))) {
        Files.createSymbolicLink(target.resolve("classes"), path);
      }
    }
    // Making the ahead-of-time cache takes seconds and is not looked at here.
    Files.createFile(
        target.resolve("stemma-" + System.getProperty("java.version") + ".aot.failed"));
    tools = Files.createDirectories(home.resolve("tools"));
    Files.createSymbolicLink(tools.resolve("bash"), BASH);
  }

  @AfterEach
  void removeLinks() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  @Test
  void needsNoToolAndNoHome() throws Exception {
    Run run = run(Map.of("STEMMA_JAVA_HOME", System.getProperty("java.home")), "--version");
    assertThat(run.error()).isEmpty();
    assertThat(run.out()).startsWith("stemma ");
    assertThat(run.code()).isZero();
  }

  @Test
  void aMistakeIsSaidWithoutAnyTool() throws Exception {
    Run run = run(Map.of("STEMMA_JAVA_HOME", System.getProperty("java.home")), "compar");
    assertThat(run.error()).startsWith("stemma: no command 'compar'");
    assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
  }

  @Test
  void aFolderWithoutJdkIsNamed() throws Exception {
    Run run = run(Map.of("STEMMA_JAVA_HOME", tools.toString()), "--version");
    assertThat(run.error()).contains(tools.toString(), "JDK 25").doesNotContain("line ");
    assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
  }

  @Test
  void sourcesWithoutMavenSaySo() throws Exception {
    Files.createDirectories(home.resolve("stemma-core/src/main"));
    Run run = run(Map.of("STEMMA_JAVA_HOME", System.getProperty("java.home")), "--version");
    assertThat(run.error()).contains("Maven").contains("3.8.7").doesNotContain("line ");
    assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
  }

  @Test
  void whatIsKeptGoesToTheHomeOfTheEnvironment() throws Exception {
    Run run =
        run(
            Map.of("STEMMA_JAVA_HOME", System.getProperty("java.home"), "HOME", tools.toString()),
            "catalogue",
            "stats");
    assertThat(run.out()).contains(tools.toString());
    assertThat(run.code()).isZero();
  }

  private record Run(int code, String out, String error) {}

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(BASH.toString()));
    command.add(home.resolve("stemma").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(home.resolve("out").toFile())
            .redirectError(home.resolve("error").toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(home.resolve("out")),
        Files.readString(home.resolve("error")));
  }
}
