package dev.stemma.source;

import dev.stemma.artifact.ByteRange;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Bytes of this machine and of others, by the scheme of the address. */
final class AnywhereBytes implements ByteSource {
  private final LocalBytes local;
  private final Supplier<ByteSource> connecting;
  private @Nullable ByteSource remote;

  AnywhereBytes(LocalBytes local, Supplier<ByteSource> connecting) {
    this.local = local;
    this.connecting = connecting;
  }

  @Override
  public MemorySegment read(ByteRange range) {
    return isLocal(range) ? local.read(range) : remote().read(range);
  }

  @Override
  public void prefetch(List<ByteRange> ranges) {
    List<ByteRange> far = ranges.stream().filter(range -> !isLocal(range)).toList();
    if (!far.isEmpty()) {
      remote().prefetch(far);
    }
  }

  @Override
  public Optional<URI> onDisk(ByteRange wholeFile) {
    return isLocal(wholeFile) ? local.onDisk(wholeFile) : remote().onDisk(wholeFile);
  }

  private static boolean isLocal(ByteRange range) {
    return "file".equals(range.file().getScheme());
  }

  private synchronized ByteSource remote() {
    ByteSource connected = remote == null ? connecting.get() : remote;
    remote = connected;
    return connected;
  }

  @Override
  public synchronized void close() {
    local.close();
    if (remote != null) {
      remote.close();
    }
  }
}
