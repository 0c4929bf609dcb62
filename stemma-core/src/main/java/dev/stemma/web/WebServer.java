package dev.stemma.web;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.web.jobs.Investigations;
import dev.stemma.web.jobs.JobQueue;
import dev.stemma.web.jobs.JobStore;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** The running server: opens its folder, takes up old jobs, listens; closing ends all of it. */
public final class WebServer implements AutoCloseable {
  private static final int THREADS = 64;
  private static final int IDLE_MILLISECONDS = 60_000;
  private static final int HEADER_BYTES = 16 << 10;
  private static final int SHORTEST_TOKEN = 16;

  private final JobStore store;
  private final JobQueue queue;
  private final Javalin javalin;
  private final FileLock lock;
  private final List<Routes.Route> routes;

  private WebServer(
      JobStore store, JobQueue queue, Javalin javalin, FileLock lock, List<Routes.Route> routes) {
    this.store = store;
    this.queue = queue;
    this.javalin = javalin;
    this.lock = lock;
    this.routes = routes;
  }

  /**
   * Starts a server.
   *
   * @param mcp what answers at {@code /mcp}; null for nothing
   * @param log hears of defects
   */
  public static WebServer start(
      WebSettings settings, @Nullable HttpServlet mcp, Consumer<Throwable> log) {
    Hosts hosts = new Hosts(settings.host(), settings.publicUrl());
    check(settings, hosts);
    Path data = settings.access().data();
    FileLock lock = lock(data);
    WebSettings.Limits limits = settings.limits();
    JobStore store = JobStore.open(data.resolve("jobs.db"));
    JobQueue queue =
        new JobQueue(
            store,
            new Investigations(settings.access(), settings.threads(), log),
            settings.parallel(),
            limits.jobTime());
    Sessions sessions = new Sessions(data.resolve("key"), settings.token());
    Guard guard = new Guard(hosts, sessions, limits.requestsPerSecond());
    App app =
        new App(
            settings,
            hosts,
            sessions,
            guard,
            new Jobs(settings, store, queue),
            new Uploads(
                settings.access().uploads(),
                limits.uploadBytes(),
                limits.uploadedBytes(),
                store::needs),
            new Assets(),
            new Buckets(1, 1));
    List<Routes.Route> routes = Routes.of(app);
    Javalin javalin = Javalin.create(config -> configure(config, app, routes, mcp, log));
    try {
      javalin.start(settings.host(), settings.port());
    } catch (RuntimeException e) {
      queue.close();
      store.close();
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "--port",
          "",
          "an address that is free: " + settings.host() + ":" + settings.port(),
          String.valueOf(e.getMessage()),
          "Choose another --port, or end the program that has it.",
          e);
    }
    return new WebServer(store, queue, javalin, lock, routes);
  }

  private static void check(WebSettings settings, Hosts hosts) {
    String token = settings.token();
    if (token == null ? !hosts.isLoopbackOnly() : token.length() < SHORTEST_TOKEN) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "--host " + settings.host(),
          "",
          "a token of " + SHORTEST_TOKEN + " characters or more, because others can reach this",
          token == null ? "none" : token.length() + " characters",
          "Write one into a file (openssl rand -hex 24) and give --token-file FILE, or set"
              + " STEMMA_TOKEN.");
    }
  }

  private static FileLock lock(Path data) {
    try {
      Files.createDirectories(data);
      if (Files.getFileStore(data).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      }
      FileChannel channel =
          FileChannel.open(
              data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      // Another server in this very process; said below.
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          data.toString(),
          "",
          "a folder that can be written",
          String.valueOf(e.getMessage()),
          "Name another one with --data.",
          e);
    }
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        data.toString(),
        "",
        "a folder of this server alone",
        "another server that uses it",
        "End that one, or name another folder with --data.");
  }

  private static void configure(
      JavalinConfig config,
      App app,
      List<Routes.Route> routes,
      @Nullable HttpServlet mcp,
      Consumer<Throwable> log) {
    WebSettings.Limits limits = app.settings().limits();
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = 64 << 10;
    config.http.prefer405over404 = true;
    config.http.strictContentTypes = true;
    config.http.compressionStrategy = io.javalin.compression.CompressionStrategy.NONE;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4, IDLE_MILLISECONDS);
    threads.setName("web");
    threads.setDaemon(true);
    config.jetty.threadPool = threads;
    config.jetty.multipartConfig.cacheDirectory(temporary(app.settings().access().data()));
    config.jetty.multipartConfig.maxInMemoryFileSize(64, SizeUnit.KB);
    config.jetty.multipartConfig.maxFileSize(limits.uploadBytes(), SizeUnit.BYTES);
    config.jetty.multipartConfig.maxTotalRequestSize(
        limits.uploadBytes() + (1 << 20), SizeUnit.BYTES);
    config.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendXPoweredBy(false);
      http.setRequestHeaderSize(HEADER_BYTES);
      http.setIdleTimeout(IDLE_MILLISECONDS);
    });
    config.jetty.modifyServer(server -> server.setErrorHandler(new PlainErrors()));
    config.jetty.modifyServletContextHandler(handler -> {
      FilterHolder guard = new FilterHolder(app.guard());
      guard.setAsyncSupported(true);
      handler.addFilter(guard, "/*", EnumSet.of(DispatcherType.REQUEST));
      handler.setErrorHandler(new PlainErrors());
      if (mcp != null) {
        ServletHolder servlet = new ServletHolder(mcp);
        servlet.setAsyncSupported(true);
        handler.addServlet(servlet, "/mcp");
      }
    });
    Problems problems = new Problems(app, log);
    Routes.add(routes, config.routes);
    config.routes.exception(Exception.class, problems::answer);
    config.routes.exception(HttpResponseException.class, problems::answer);
  }

  private static String temporary(Path data) {
    Path folder = data.resolve("tmp");
    try {
      Files.createDirectories(folder);
      try (var left = Files.list(folder)) {
        for (Path file : left.toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          folder.toString(),
          "",
          "a folder that can be written",
          String.valueOf(e.getMessage()),
          "Name another one with --data.",
          e);
    }
    return folder.toString();
  }

  /** Every address. */
  List<Routes.Route> routes() {
    return routes;
  }

  /** The port that is listened at. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
    queue.close();
    store.close();
    try {
      lock.channel().close();
    } catch (IOException e) {
      // The lock ends with this process at the latest.
    }
  }
}
