package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** One file far away: which pieces of it are here, and how the others come. */
final class RemoteFile {
  /** Pieces begin and end with pages of this size. */
  private static final long PAGE_BYTES = 4096;

  /** Larger wishes are fetched in pieces of this size, side by side. */
  private static final long PIECE_BYTES = 8L << 20;

  private final Origin origin;
  private final Pin pin;
  private final SparseFile file;
  private final RangeReader reader;
  private final FetchQueue queue;
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();

  RemoteFile(Origin origin, Pin pin, SparseFile file, RangeReader reader, FetchQueue queue)
      throws IOException {
    this.origin = origin;
    this.pin = pin;
    this.file = file;
    this.reader = reader;
    this.queue = queue;
    for (SparseFile.Stored stored : file.stored()) {
      Piece piece = new Piece(stored.offset(), stored.length(), stored);
      if (overlapping(piece.offset, piece.end()).isEmpty()) {
        pieces.put(piece.offset, piece);
      }
    }
  }

  long sizeBytes() {
    return pin.sizeBytes();
  }

  /** Bytes, fetched first if they are not here. */
  MemorySegment read(long offset, long length) {
    if (offset > pin.sizeBytes() - length) {
      throw new ArtifactException(
          ErrorCode.TRUNCATED,
          Failures.shown(origin.uri()),
          "byte " + offset,
          length + " bytes",
          "a file of " + pin.sizeBytes() + " bytes",
          "Tell whoever published the file.");
    }
    if (length > 0) {
      List<Piece> wanted = want(offset, length);
      for (Piece piece : wanted.reversed()) {
        if (!piece.isClaimed()) {
          queue.now(() -> get(piece));
        }
      }
      wanted.forEach(RemoteFile::await);
    }
    return file.segment().asSlice(offset, length);
  }

  /** Begins to fetch what will be wanted. */
  void ahead(long offset, long length) {
    if (length > 0 && offset <= pin.sizeBytes() - length) {
      for (Piece piece : want(offset, length)) {
        if (!piece.isClaimed()) {
          queue.later(() -> get(piece));
        }
      }
    }
  }

  /** The pieces that make up a range, new ones where nothing is under way. */
  private synchronized List<Piece> want(long offset, long length) {
    long from = pin.ranges() ? offset / PAGE_BYTES * PAGE_BYTES : 0;
    long to =
        pin.ranges()
            ? Math.min(pin.sizeBytes(), Math.ceilDiv(offset + length, PAGE_BYTES) * PAGE_BYTES)
            : pin.sizeBytes();
    List<Piece> wanted = new ArrayList<>();
    long at = from;
    for (Piece piece : overlapping(from, to)) {
      add(wanted, at, piece.offset);
      wanted.add(piece);
      at = piece.end();
    }
    add(wanted, at, to);
    return wanted;
  }

  private void add(List<Piece> wanted, long from, long to) {
    long step = pin.ranges() ? PIECE_BYTES : pin.sizeBytes();
    for (long at = from; at < to; at += step) {
      Piece piece = new Piece(at, Math.min(step, to - at), null);
      pieces.put(at, piece);
      wanted.add(piece);
    }
  }

  private List<Piece> overlapping(long from, long to) {
    List<Piece> found = new ArrayList<>();
    Map.Entry<Long, Piece> before = pieces.lowerEntry(from);
    if (before != null && before.getValue().end() > from) {
      found.add(before.getValue());
    }
    found.addAll(pieces.subMap(from, to).values());
    return found;
  }

  private void get(Piece piece) {
    if (!piece.claim()) {
      return;
    }
    try {
      if (piece.stored == null || !file.isIntact(piece.stored)) {
        file.reserve(piece.length);
        file.note(reader.fetch(origin, pin, piece, file));
      }
      piece.here.complete(piece);
    } catch (Throwable failure) {
      // Whoever wants it later tries again.
      synchronized (this) {
        pieces.remove(piece.offset, piece);
      }
      piece.here.completeExceptionally(failure);
    }
  }

  private static void await(Piece piece) {
    try {
      piece.here.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new CompletionException(e);
    }
  }

  /** Where the pieces lie, each at its place. */
  Path path() {
    return file.path();
  }

  /** Notes bytes that came with the first answer. */
  synchronized void arrived(SparseFile.Stored stored) {
    Piece piece = new Piece(stored.offset(), stored.length(), stored);
    if (overlapping(piece.offset, piece.end()).isEmpty()) {
      piece.claim();
      piece.here.complete(piece);
      pieces.put(piece.offset, piece);
      file.note(stored);
    }
  }
}
