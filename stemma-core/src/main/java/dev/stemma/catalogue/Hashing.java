package dev.stemma.catalogue;

/** The one mixing function of fingerprints; part of their format. */
final class Hashing {
  private Hashing() {}

  static long mixed(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** A hash of two numbers. */
  static long of(long a, long b) {
    return mixed(mixed(a + 0x9E3779B97F4A7C15L) + b);
  }
}
