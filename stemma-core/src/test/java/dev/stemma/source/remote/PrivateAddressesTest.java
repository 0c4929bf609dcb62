package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No reference, name or redirect leads to an address that only this machine can reach. */
class PrivateAddressesTest {
  @TempDir Path cache;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "127.0.0.1",
        "127.255.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.0.8",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:0a00:0001::1",
        "2001::1",
        "2001:db8::1",
        "ff02::1",
        "fec0::1",
        "64:ff9b:1::10.0.0.1"
      })
  void isPrivate(String address) throws Exception {
    assertThat(Addresses.isPublic(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "2606:4700::1111",
        "64:ff9b::8.8.8.8",
        "2002:0808:0808::1"
      })
  void isPublic(String address) throws Exception {
    assertThat(Addresses.isPublic(InetAddress.getByName(address))).isTrue();
  }

  private ErrorCode code(NetworkPolicy policy, URI uri) {
    try (Remote remote =
        new Remote(cache, 1_000_000, policy, Map.of(), cache, Duration.ofMillis(1))) {
      return catchThrowableOfType(
              ArtifactException.class, () -> remote.bytes().read(new ByteRange(uri, 0, 1)))
          .code();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1/x",
        "https://2130706433/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://169.254.169.254/latest",
        "http://example.org/x",
        "http://10.0.0.1/x",
        "ftp://127.0.0.1/x",
        "https://u:p@127.0.0.1/x",
        "https://127.1/x"
      })
  void isRefusedOnTheCommandLine(String uri) {
    assertThat(code(NetworkPolicy.COMMAND_LINE, URI.create(uri)))
        .isEqualTo(ErrorCode.ADDRESS_REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/x",
        "https://localhost/x",
        "http://127.0.0.1:1/x",
        "https://[::1]/x"
      })
  void loopbackIsRefusedWhereStrangersWriteTheReference(String uri) {
    assertThat(code(NetworkPolicy.PUBLIC_ONLY, URI.create(uri)))
        .isEqualTo(ErrorCode.ADDRESS_REFUSED);
  }

  /** This machine's own name is the one name that resolves everywhere, to a private address. */
  @Test
  void aNameThatLeadsToAPrivateAddressIsRefused() throws Exception {
    String name = InetAddress.getLocalHost().getHostName();
    InetAddress address = InetAddress.getByName(name);
    org.junit.jupiter.api.Assumptions.assumeFalse(Addresses.isPublic(address));
    org.junit.jupiter.api.Assumptions.assumeFalse(Addresses.isWrittenLoopback(name));
    assertThat(code(NetworkPolicy.COMMAND_LINE, URI.create("https://" + name + "/x")))
        .isEqualTo(ErrorCode.ADDRESS_REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://10.0.0.1/x", "https://10.0.0.1/x", "https://[::ffff:192.168.0.1]/x",
        "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "https://2130706433:1/x",
        "http://u:p@127.0.0.1/x"
      })
  void aRedirectToAPrivateAddressIsRefused(String target) throws Exception {
    try (FaultyServer server = new FaultyServer("127.0.0.1")) {
      server.fault =
          (request, response, callback) -> {
            response.getHeaders().put("Location", target);
            return FaultyServer.say(response, callback, 302, "");
          };
      assertThat(code(NetworkPolicy.COMMAND_LINE, server.uri("/x")))
          .isEqualTo(ErrorCode.ADDRESS_REFUSED);
    }
  }
}
