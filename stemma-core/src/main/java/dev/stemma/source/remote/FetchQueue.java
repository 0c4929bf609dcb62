package dev.stemma.source.remote;

import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Some threads that fetch: what somebody waits for first, then what will be wanted. */
final class FetchQueue implements AutoCloseable {
  private final BlockingDeque<Runnable> waiting = new LinkedBlockingDeque<>();
  private final AtomicInteger started = new AtomicInteger();
  private final Thread[] threads;

  FetchQueue(int threadCount) {
    threads = new Thread[threadCount];
  }

  /** Before everything else. */
  void now(Runnable task) {
    waiting.addFirst(task);
    start();
  }

  /** After everything else. */
  void later(Runnable task) {
    waiting.addLast(task);
    start();
  }

  private void start() {
    int number = started.get();
    if (number < threads.length && started.compareAndSet(number, number + 1)) {
      threads[number] =
          Thread.ofPlatform().daemon().name("stemma-fetch-" + number).start(this::work);
    }
  }

  private void work() {
    try {
      while (!Thread.interrupted()) {
        waiting.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    waiting.clear();
    started.set(threads.length);
    for (Thread thread : threads) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
