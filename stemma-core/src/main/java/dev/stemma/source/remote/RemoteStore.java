package dev.stemma.source.remote;

import dev.stemma.artifact.Sha256;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Files far away that this process looks at, and their pieces that any process on this machine has
 * fetched.
 *
 * <pre>
 * CONTENT/data, pieces   the bytes that are here, and which
 * pins/ADDRESS           which content an address had
 * uses/CONTENT           shared by every process that uses it
 * </pre>
 */
public final class RemoteStore implements AutoCloseable {
  private static final int THREADS = 8;

  /** Enough for the header of most files: one request for each. */
  private static final int HEAD_BYTES = 256 << 10;

  private static final Duration FIRST_WAIT = Duration.ofMillis(200);

  private final RemoteCache cache;
  private final HttpTransport transport;
  private final RangeReader reader;
  private final FetchQueue queue = new FetchQueue(THREADS);
  private final Function<URI, Origin> origins;
  private final Arena arena = Arena.ofShared();
  private final ConcurrentHashMap<URI, Slot> files = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open =
      java.util.Collections.synchronizedList(new ArrayList<>());

  RemoteStore(
      Path folder,
      long limitBytes,
      HttpTransport transport,
      Duration firstWait,
      Function<URI, Origin> origins) {
    this.cache = new RemoteCache(folder, limitBytes);
    this.transport = transport;
    this.reader = new RangeReader(transport, firstWait);
    this.origins = origins;
  }

  RemoteStore(
      Path folder, long limitBytes, HttpTransport transport, Function<URI, Origin> origins) {
    this(folder, limitBytes, transport, FIRST_WAIT, origins);
  }

  /** The file at an address; asks for its beginning the first time. */
  RemoteFile file(URI uri) {
    return files.computeIfAbsent(uri, key -> new Slot()).get(() -> open(uri));
  }

  /** Opens one file once, without keeping others waiting; after a failure the next may try. */
  private static final class Slot {
    private @Nullable RemoteFile file;

    synchronized RemoteFile get(Supplier<RemoteFile> opening) {
      RemoteFile opened = file == null ? opening.get() : file;
      file = opened;
      return opened;
    }
  }

  /** Begins to open files, side by side. */
  void openAhead(List<URI> uris) {
    for (URI uri : uris) {
      queue.later(() -> {
        try {
          file(uri);
        } catch (RuntimeException e) {
          // Whoever reads the file gets the error.
        }
      });
    }
  }

  RangeReader reader() {
    return reader;
  }

  Origin origin(URI uri) {
    return origins.apply(uri);
  }

  FetchQueue queue() {
    return queue;
  }

  /** Bytes that came over the network so far, without headers. */
  public long bytesReceived() {
    return reader.bytesReceived();
  }

  private RemoteFile open(URI uri) {
    Origin origin = origins.apply(uri);
    Optional<Pin> known = cache.pin(origin);
    RangeReader.Found found = reader.first(origin, HEAD_BYTES, known);
    Pin pin = found.pin();
    try {
      String key =
          pin.isLasting()
              ? pin.key(origin)
              : Sha256.hex(uri + " " + System.nanoTime() + pin.text());
      cache.makeRoom(pin, key);
      Path folder = cache.use(key, open, pin.isLasting());
      SparseFile file = new SparseFile(folder, pin.sizeBytes(), arena);
      open.add(file);
      if (pin.isLasting()) {
        cache.keep(origin, pin);
      }
      RemoteFile remote = new RemoteFile(origin, pin, file, reader, queue);
      if (found.head().length > 0) {
        file.reserve(found.head().length);
        file.write(found.head(), found.head().length, 0);
        CRC32C checksum = new CRC32C();
        checksum.update(found.head());
        remote.arrived(new SparseFile.Stored(0, found.head().length, (int) checksum.getValue()));
      }
      return remote;
    } catch (IOException e) {
      throw SparseFile.cannotWrite(
          cache.folder(), "a cache that takes " + pin.sizeBytes() + " bytes", e.toString(), e);
    }
  }

  /** Stops what is under way, forgets the mappings, and makes room in the cache. */
  @Override
  public void close() {
    queue.close();
    transport.close();
    try {
      arena.close();
      for (AutoCloseable one : open.reversed()) {
        one.close();
      }
      if (!files.isEmpty()) {
        cache.enforce();
      }
    } catch (CancellationException e) {
      throw e;
    } catch (Exception e) {
      // What could not be tidied now is tidied by the next run.
    }
  }
}
