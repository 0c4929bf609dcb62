package dev.stemma.source.remote;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A piece of a file, wanted, under way or here. */
final class Piece {
  final long offset;
  final long length;

  /** What the journal says of it; null if it must be fetched. */
  final SparseFile.@Nullable Stored stored;

  final CompletableFuture<Piece> here = new CompletableFuture<>();
  private final AtomicBoolean claimed = new AtomicBoolean();

  Piece(long offset, long length, SparseFile.@Nullable Stored stored) {
    this.offset = offset;
    this.length = length;
    this.stored = stored;
  }

  long end() {
    return offset + length;
  }

  /** True for the one who does it. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  boolean isClaimed() {
    return claimed.get();
  }
}
