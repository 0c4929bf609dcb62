package dev.stemma.source;

/**
 * How much an archive may claim before it counts as an attack.
 *
 * @param entries number of entries
 * @param directoryBytes size of a zip's central directory
 * @param totalBytes size of everything unpacked
 * @param ratio unpacked bytes for each packed one, above {@code ratioFromBytes}
 * @param ratioFromBytes what is smaller when unpacked may be packed as tightly as it likes
 */
record ArchiveLimits(
    int entries, long directoryBytes, long totalBytes, int ratio, long ratioFromBytes) {
  static final ArchiveLimits STANDARD =
      new ArchiveLimits(100_000, 64L << 20, 64L << 30, 200, 16L << 20);

  /** Whether so little may become so much. */
  boolean allowsRatio(long packedBytes, long unpackedBytes) {
    return unpackedBytes <= ratioFromBytes || unpackedBytes / ratio <= packedBytes;
  }
}
