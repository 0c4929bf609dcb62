package dev.stemma.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Shared locks on files, counted within this process (a file lock holds for all of it): many may
 * share one, and only who is alone gets it for himself.
 */
public final class CacheLocks {
  private static final Map<Path, Held> HELD = new HashMap<>();

  private CacheLocks() {}

  private static final class Held {
    private final FileChannel channel;
    private int users;

    Held(FileChannel channel) {
      this.channel = channel;
    }
  }

  /** Gives a lock back. */
  public interface Release extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** Waits until nobody has the file for himself, then shares it. */
  public static Release share(Path file) throws IOException {
    synchronized (HELD) {
      Held held = HELD.get(file);
      if (held == null) {
        held = new Held(open(file));
        held.channel.lock(0, Long.MAX_VALUE, true);
        HELD.put(file, held);
      }
      held.users++;
    }
    return () -> release(file);
  }

  private static void release(Path file) throws IOException {
    synchronized (HELD) {
      Held held = HELD.get(file);
      if (held != null && --held.users == 0) {
        HELD.remove(file);
        held.channel.close();
      }
    }
  }

  /** The file for oneself, if no process shares it now. */
  public static Optional<Release> alone(Path file) throws IOException {
    synchronized (HELD) {
      if (HELD.containsKey(file)) {
        return Optional.empty();
      }
      FileChannel channel = open(file);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return Optional.of(channel::close);
        }
      } catch (OverlappingFileLockException e) {
        // Another thread has it.
      }
      channel.close();
      return Optional.empty();
    }
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
