package dev.stemma.lab.peers;

/**
 * A published way to score how likely two models are related; higher is likelier.
 *
 * @param id key in the bench's results
 * @param source who published it
 * @param method the score; NaN where the method cannot speak of a pair
 */
public record Peer(String id, String source, Method method) {
  /** Computes a peer's score. */
  @FunctionalInterface
  public interface Method {
    /** The score, or NaN where the method cannot speak of this pair. */
    double score(PeerModel a, PeerModel b);
  }
}
