package dev.stemma.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;

/** A real master and real workers on this machine, started from the jars that Maven fetched. */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path home;
  private final int port;
  private final List<Process> processes = new ArrayList<>();

  /**
   * Starts all; the workers register by and by.
   *
   * @param home a folder for jars, logs and work
   * @param workers of one core each
   */
  StandaloneCluster(Path home, int workers) throws IOException, InterruptedException {
    this.home = home;
    port = freePort();
    Files.createDirectories(home.resolve("jars"));
    for (String item : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(item).toAbsolutePath();
      if (item.endsWith(".jar") && Files.isRegularFile(jar)) {
        link(home.resolve("jars").resolve(jar.getFileName()), jar);
      }
    }
    start(
        "master",
        "org.apache.spark.deploy.master.Master",
        List.of(
            "--host",
            HOST,
            "--port",
            String.valueOf(port),
            "--webui-port",
            String.valueOf(freePort())));
    awaitMaster();
    for (int worker = 0; worker < workers; worker++) {
      addWorker();
    }
  }

  private static void link(Path link, Path jar) throws IOException {
    try {
      Files.createSymbolicLink(link, jar);
    } catch (FileAlreadyExistsException e) {
      // The same jar twice on the class path.
    }
  }

  /** For {@code --master}. */
  String master() {
    return "spark://" + HOST + ":" + port;
  }

  /** Folders of classes that are in no jar yet. */
  static String classFolders() {
    return String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(item -> !item.endsWith(".jar"))
            .map(item -> Path.of(item).toAbsolutePath().toString())
            .toList());
  }

  /** One more worker of one core. */
  Process addWorker() throws IOException {
    String name = "worker" + processes.size();
    return start(
        name,
        "org.apache.spark.deploy.worker.Worker",
        List.of(
            "--host",
            HOST,
            "--cores",
            "1",
            "--memory",
            "1g",
            "--webui-port",
            String.valueOf(freePort()),
            "--work-dir",
            home.resolve(name).toString(),
            master()));
  }

  /** The workers, in the order of their start. */
  List<Process> workers() {
    return processes.subList(1, processes.size());
  }

  private Process start(String name, String main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", home.resolve("jars") + "/*"));
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ", -1)));
    command.add(main);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment());
    File log = home.resolve(name + ".log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    processes.add(process);
    return process;
  }

  private Map<String, String> environment() {
    return Map.of(
        "SPARK_HOME",
        home.toString(),
        "SPARK_SCALA_VERSION",
        "2.13",
        "JAVA_HOME",
        System.getProperty("java.home"),
        "SPARK_LOCAL_IP",
        HOST);
  }

  private void awaitMaster() throws InterruptedException {
    for (int tries = 0; tries < 300; tries++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("no master within 30 s; see " + home.resolve("master.log"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Kills as a machine that loses its power: the worker and its executors at once. */
  static void kill(Process worker) {
    List<ProcessHandle> executors = worker.descendants().toList();
    worker.destroyForcibly();
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    processes.reversed().forEach(StandaloneCluster::kill);
    for (Process process : processes) {
      process.onExit().join();
    }
  }
}
