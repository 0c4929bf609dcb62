package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.ByteSource;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of a real server, with every fault that a server was seen to have. */
class RemoteTest {
  private static final int SIZE = 20_000_000;

  @TempDir Path cache;
  private final byte[] content = new byte[SIZE];
  private FaultyServer server;
  private final List<Remote> open = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    new Random(5).nextBytes(content);
    server = new FaultyServer("127.0.0.1");
    server.put("/m/x.bin", content);
  }

  @AfterEach
  void stop() throws Exception {
    open.forEach(Remote::close);
    server.close();
  }

  private Remote remote() {
    return remote(1_000_000_000);
  }

  private Remote remote(long limit) {
    Remote remote =
        new Remote(cache, limit, NetworkPolicy.COMMAND_LINE, Map.of(), cache, Duration.ofMillis(2));
    open.add(remote);
    return remote;
  }

  private ByteRange range(long offset, long length) {
    return new ByteRange(server.uri("/m/x.bin"), offset, length);
  }

  private void same(ByteSource bytes, int offset, int length) {
    assertThat(bytes.read(range(offset, length)).toArray(ValueLayout.JAVA_BYTE))
        .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
  }

  private ErrorCode code(ByteSource bytes, int offset, int length) {
    return catchThrowableOfType(ArtifactException.class, () -> bytes.read(range(offset, length)))
        .code();
  }

  @Test
  void readsNoMoreThanAsked() {
    Remote remote = remote();
    ByteSource bytes = remote.bytes();
    same(bytes, 0, 100);
    same(bytes, 200_000, 1000);
    assertThat(server.seen).hasSize(1);
    same(bytes, 10_000_001, 5000);
    same(bytes, 10_000_001, 5000);
    assertThat(remote.bytesReceived()).isLessThan((256 << 10) + 16_384);
    assertThat(bytes.read(range(1, 50)).isReadOnly()).isTrue();
    assertThat(code(bytes, SIZE - 1, 2)).isEqualTo(ErrorCode.TRUNCATED);
  }

  @Test
  void fetchesAheadInFewRequests() {
    ByteSource bytes = remote().bytes();
    bytes.prefetch(List.of(range(5_000_000, 4096), range(5_010_000, 4096), range(9_000_000, 100)));
    same(bytes, 5_010_000, 4096);
    same(bytes, 5_000_000, 4096);
    same(bytes, 9_000_000, 100);
    assertThat(server.seen).hasSize(3);
  }

  @Test
  void warmCacheSendsNoByteAndDamageIsFound() throws Exception {
    try (ByteSource bytes = remote().bytes()) {
      same(bytes, 3_000_000, 2_000_000);
    }
    Remote again = remote();
    try (ByteSource bytes = again.bytes()) {
      same(bytes, 3_000_000, 2_000_000);
      same(bytes, 0, 1000);
    }
    assertThat(again.bytesReceived()).isZero();
    try (var all = Files.walk(cache)) {
      Path data = all.filter(file -> file.endsWith("data")).findFirst().orElseThrow();
      try (var channel = Files.newByteChannel(data, java.nio.file.StandardOpenOption.WRITE)) {
        channel.position(3_500_000).write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
      }
    }
    Remote third = remote();
    same(third.bytes(), 3_000_000, 2_000_000);
    assertThat(third.bytesReceived()).isPositive();
  }

  @Test
  void makesRoomWhenClosed() throws Exception {
    try (ByteSource bytes = remote(100_000).bytes()) {
      same(bytes, 3_000_000, 2_000_000);
    }
    try (var all = Files.walk(cache)) {
      assertThat(all.filter(file -> file.endsWith("data"))).isEmpty();
    }
  }

  @Test
  void goesOnAtTheByteAfterACut() {
    AtomicInteger cuts = new AtomicInteger();
    ByteSource bytes = remote().bytes();
    same(bytes, 0, 10);
    server.fault =
        (request, response, callback) ->
            cuts.incrementAndGet() <= 3 && server.cut(request, response, callback);
    same(bytes, 8_000_000, 1_000_000);
    List<String> starts = server.seen.stream().skip(1).map(FaultyServer.Seen::range).toList();
    assertThat(starts).hasSize(4).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void asksAgainWhereThatMayHelp(int status) {
    AtomicInteger requests = new AtomicInteger();
    server.fault =
        (request, response, callback) -> {
          if (requests.incrementAndGet() % 3 == 0) {
            return false;
          }
          response.getHeaders().put("Retry-After", "0");
          return FaultyServer.say(response, callback, status, "busy");
        };
    same(remote().bytes(), 12_000_000, 3_000_000);
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    AtomicInteger requests = new AtomicInteger();
    server.fault =
        (request, response, callback) -> {
          if (requests.incrementAndGet() > 1) {
            return false;
          }
          response.getHeaders().put("Retry-After", "1");
          return FaultyServer.say(response, callback, 429, "busy");
        };
    long begun = System.nanoTime();
    same(remote().bytes(), 0, 10);
    assertThat(System.nanoTime() - begun).isGreaterThan(990_000_000L);
    server.fault =
        (request, response, callback) -> {
          response.getHeaders().put("Retry-After", "3600");
          return FaultyServer.say(response, callback, 429, "busy");
        };
    assertThat(code(remote().bytes(), 1_000_000, 10)).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
  }

  @Test
  void saysWhatDoesNotHelp() {
    for (int status : new int[] {401, 403, 404, 407, 410, 418, 503}) {
      server.fault =
          (request, response, callback) -> FaultyServer.say(response, callback, status, "no");
      ErrorCode expected =
          switch (status) {
            case 401, 403, 407 -> ErrorCode.ACCESS_DENIED;
            case 404, 410 -> ErrorCode.NOT_FOUND;
            default -> ErrorCode.DOWNLOAD_FAILED;
          };
      assertThat(code(remote().bytes(), 0, 10)).isEqualTo(expected);
    }
  }

  @Test
  void aFileThatChangesIsNoMixture() {
    ByteSource bytes = remote().bytes();
    same(bytes, 0, 10);
    byte[] other = content.clone();
    Arrays.fill(other, (byte) 7);
    server.put("/m/x.bin", other);
    assertThat(code(bytes, 5_000_000, 10)).isEqualTo(ErrorCode.CHANGED_WHILE_READ);
    server.put("/m/x.bin", Arrays.copyOf(content, 1_000_000));
    assertThat(code(bytes, 6_000_000, 10)).isEqualTo(ErrorCode.CHANGED_WHILE_READ);
    same(bytes, 0, 1000);
  }

  @Test
  void aFileThatChangesBetweenRunsIsReadAnew() {
    try (ByteSource bytes = remote().bytes()) {
      same(bytes, 0, 10);
    }
    Arrays.fill(content, (byte) 9);
    server.put("/m/x.bin", content);
    same(remote().bytes(), 0, 100_000);
  }

  @Test
  void aServerWithoutRangesGivesTheWholeFileOnce() {
    server.ranges = false;
    Remote remote = remote();
    ByteSource bytes = remote.bytes();
    same(bytes, 12_000_000, 100);
    same(bytes, 100, 1_000_000);
    assertThat(server.seen).hasSize(2);
    assertThat(code(remote(1_000_000).bytes(), 0, 10)).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
  }

  @Test
  void aLyingServerIsNotBelieved() {
    ByteSource bytes = remote().bytes();
    same(bytes, 0, 10);
    AtomicInteger lies = new AtomicInteger();
    server.fault =
        (request, response, callback) -> {
          if (lies.incrementAndGet() > 2) {
            return false;
          }
          response.setStatus(206);
          response.getHeaders().put("Content-Range", "bytes 77-4172/" + SIZE);
          response.write(true, java.nio.ByteBuffer.allocate(4096), callback);
          return true;
        };
    same(bytes, 7_000_000, 3000);
    server.fault =
        (request, response, callback) -> {
          response.getHeaders().put("Content-Encoding", "gzip");
          return server.give(request, response, callback);
        };
    assertThat(code(bytes, 8_000_000, 10)).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
    server.fault =
        (request, response, callback) -> {
          response.setStatus(206);
          response.getHeaders().put("Content-Range", "bytes 0-262143/900000000000000000");
          response.write(true, java.nio.ByteBuffer.allocate(262_144), callback);
          return true;
        };
    URI huge = server.uri("/m/huge.bin");
    assertThat(
            catchThrowableOfType(
                ArtifactException.class, () -> bytes.read(new ByteRange(huge, 0, 10))))
        .isNotNull();
  }

  @Test
  void readsAnEmptyFile() {
    server.put("/m/empty", new byte[0]);
    ByteRange nothing = new ByteRange(server.uri("/m/empty"), 0, 0);
    assertThat(remote().bytes().read(nothing).byteSize()).isZero();
  }

  @Test
  void endlessRedirectsEnd() {
    server.fault =
        (request, response, callback) -> {
          response.getHeaders().put("Location", "/again");
          return FaultyServer.say(response, callback, 302, "");
        };
    assertThat(code(remote().bytes(), 0, 1)).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
  }
}
