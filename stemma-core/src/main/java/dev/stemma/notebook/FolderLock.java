package dev.stemma.notebook;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One writer at a time, over threads and processes. The system lets go of a lock whose process
 * died.
 */
final class FolderLock implements AutoCloseable {
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final ReentrantLock thread;
  private final FileChannel channel;

  private FolderLock(ReentrantLock thread, FileChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /** Waits for the lock. */
  static FolderLock of(Path folder) throws IOException {
    Path place = folder.resolve(".stemma");
    Files.createDirectories(place);
    Path ignore = place.resolve(".gitignore");
    if (Files.notExists(ignore)) {
      Files.writeString(ignore, "*\n");
    }
    Path file = place.resolve("notebook.lock");
    ReentrantLock thread = THREADS.computeIfAbsent(place.toRealPath(), path -> new ReentrantLock());
    thread.lock();
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        channel.lock();
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      return new FolderLock(thread, channel);
    } catch (IOException | RuntimeException e) {
      thread.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      thread.unlock();
    }
  }
}
