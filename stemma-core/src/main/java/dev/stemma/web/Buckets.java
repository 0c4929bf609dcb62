package dev.stemma.web;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How often each client may do something: so many at once, then as many as are refilled. */
final class Buckets {
  private static final int MOST_CLIENTS = 20_000;

  private final double capacity;
  private final double perSecond;
  private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, AtomicInteger> held = new ConcurrentHashMap<>();

  Buckets(double capacity, double perSecond) {
    this.capacity = capacity;
    this.perSecond = perSecond;
  }

  private static final class Bucket {
    private double tokens;
    private long at = System.nanoTime();

    Bucket(double tokens) {
      this.tokens = tokens;
    }

    synchronized boolean take(double capacity, double perSecond) {
      long now = System.nanoTime();
      tokens = Math.min(capacity, tokens + (now - at) / 1e9 * perSecond);
      at = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  /** Whether the client may once more. */
  boolean take(String client) {
    if (buckets.size() > MOST_CLIENTS) {
      buckets.clear(); // everybody begins anew, rather than memory without end
    }
    return buckets.computeIfAbsent(client, key -> new Bucket(capacity)).take(capacity, perSecond);
  }

  /** Takes one of a number of places; false if all are taken. */
  boolean enter(String client, int most) {
    AtomicInteger count = held.computeIfAbsent(client, key -> new AtomicInteger());
    if (count.incrementAndGet() > most) {
      leave(client);
      return false;
    }
    return true;
  }

  /** Gives the place back. */
  void leave(String client) {
    held.computeIfPresent(client, (key, count) -> count.decrementAndGet() <= 0 ? null : count);
  }
}
