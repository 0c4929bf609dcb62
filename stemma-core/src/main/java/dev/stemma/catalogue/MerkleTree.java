package dev.stemma.catalogue;

import dev.stemma.artifact.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** A binary hash tree; leaves and inner nodes are hashed apart, so that neither passes for both. */
final class MerkleTree {
  private final List<byte[]> leaves = new ArrayList<>();

  /** Adds a named digest. */
  void leaf(String name, byte[] digest) {
    MessageDigest sha256 = Sha256.start();
    sha256.update((byte) 0);
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(4).putInt(text.length).flip());
    sha256.update(text);
    leaves.add(sha256.digest(digest));
  }

  /** Adds the leaves of another tree. */
  void leaves(List<byte[]> others) {
    leaves.addAll(others);
  }

  /** The leaves so far. */
  List<byte[]> leaves() {
    return List.copyOf(leaves);
  }

  /** The root; of no leaves the digest of nothing. */
  Fingerprint.Root root() {
    List<byte[]> level = leaves.isEmpty() ? List.of(Sha256.start().digest()) : leaves;
    while (level.size() > 1) {
      List<byte[]> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        if (i + 1 == level.size()) {
          above.add(level.get(i));
        } else {
          MessageDigest sha256 = Sha256.start();
          sha256.update((byte) 1);
          sha256.update(level.get(i));
          above.add(sha256.digest(level.get(i + 1)));
        }
      }
      level = above;
    }
    ByteBuffer root = ByteBuffer.wrap(level.getFirst());
    return new Fingerprint.Root(root.getLong(), root.getLong(), root.getLong(), root.getLong());
  }
}
