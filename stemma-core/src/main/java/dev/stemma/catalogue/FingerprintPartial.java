package dev.stemma.catalogue;

import dev.stemma.analysis.Partial;
import java.util.List;

/** What one part of the pass gives. */
public sealed interface FingerprintPartial extends Partial {
  /** Cosines between landmarks. */
  record Cosines(double[] block) implements FingerprintPartial {}

  /**
   * What a layer gives.
   *
   * @param leaves of its Merkle tree
   * @param circuits query-key, output-value and feed-forward, each double-centred, of unit length
   */
  record LayerSums(List<byte[]> leaves, double[] profile, double[] direct, double[][] circuits)
      implements FingerprintPartial {}

  /** The leaf of a tensor outside the layers. */
  record Leaf(byte[] leaf) implements FingerprintPartial {}
}
