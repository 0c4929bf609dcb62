package dev.stemma.lab.peers;

import java.util.List;

/** All comparators. */
public final class Peers {
  private Peers() {}

  /** In the order of the table. */
  public static List<Peer> all() {
    return List.of(
        new Peer("norm-cosine", "the user's documents", SameIndex::normCosine),
        new Peer("flattened-cosine", "the user's documents", SameIndex::flattenedCosine),
        new Peer("pearson", "the user's documents", SameIndex::pearson),
        new Peer("huref", "Zeng et al., arXiv 2312.04828", HumanReadableFingerprint::score),
        new Peer("pdf", "arXiv 2507.03014", DeviationProfile::score),
        new Peer("awm", "arXiv 2510.06738", AlignedWeightMatching::score),
        new Peer("zhu-phi-u", "Zhu et al., arXiv 2502.12292", NeuronOrder::score),
        new Peer("zhu-match", "Zhu et al., arXiv 2502.12292", ActivationMatching::score),
        new Peer("reef", "Zhang et al., arXiv 2410.14273", RepresentationSimilarity::score),
        new Peer("equal-config", "rule of a model provenance kit", EqualConfig::score));
  }
}
