package dev.stemma.source.remote;

import dev.stemma.artifact.ByteRange;
import dev.stemma.source.ByteSource;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Files far away as bytes: what is read is fetched, once, and mapped. */
public final class RemoteBytes implements ByteSource {
  /** Wishes nearer than this are one request: what lies between costs less than asking twice. */
  private static final long NEAR_BYTES = 32 << 10;

  /** Longer ones stay apart, so that they come in the order in which they are needed. */
  private static final long MOST_BYTES = 8 << 20;

  private final RemoteStore store;

  /** Reads through this store, which is closed with it. */
  public RemoteBytes(RemoteStore store) {
    this.store = store;
  }

  @Override
  public MemorySegment read(ByteRange range) {
    return store.file(range.file()).read(range.offsetBytes(), range.lengthBytes());
  }

  @Override
  public void prefetch(List<ByteRange> ranges) {
    for (ByteRange range : coalesced(ranges)) {
      store.file(range.file()).ahead(range.offsetBytes(), range.lengthBytes());
    }
  }

  @Override
  public Optional<URI> onDisk(ByteRange wholeFile) {
    RemoteFile file = store.file(wholeFile.file());
    if (wholeFile.offsetBytes() != 0 || wholeFile.lengthBytes() != file.sizeBytes()) {
      return Optional.empty();
    }
    file.read(0, file.sizeBytes());
    return Optional.of(file.path().toUri());
  }

  /** Joins neighbours in a file; files and ranges keep the order in which they were first named. */
  static List<ByteRange> coalesced(List<ByteRange> ranges) {
    record Wish(ByteRange range, int order) {}
    List<Wish> wishes = new ArrayList<>();
    for (ByteRange range : ranges) {
      wishes.add(new Wish(range, wishes.size()));
    }
    wishes.sort(
        Comparator.comparing((Wish wish) -> wish.range().file())
            .thenComparingLong(wish -> wish.range().offsetBytes()));
    List<Wish> joined = new ArrayList<>();
    for (Wish wish : wishes) {
      Wish last = joined.isEmpty() ? null : joined.getLast();
      if (last != null
          && last.range().file().equals(wish.range().file())
          && wish.range().offsetBytes() - end(last.range()) <= NEAR_BYTES
          && end(wish.range()) - last.range().offsetBytes() <= MOST_BYTES) {
        long end = Math.max(end(last.range()), end(wish.range()));
        long offset = last.range().offsetBytes();
        joined.set(
            joined.size() - 1,
            new Wish(
                new ByteRange(last.range().file(), offset, end - offset),
                Math.min(last.order(), wish.order())));
      } else {
        joined.add(wish);
      }
    }
    return joined.stream().sorted(Comparator.comparingInt(Wish::order)).map(Wish::range).toList();
  }

  private static long end(ByteRange range) {
    return range.offsetBytes() + range.lengthBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
