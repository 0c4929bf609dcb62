package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** PhyloLM's distance where it is known in closed form. */
class GenesTest {
  private static double distance(List<List<String>> a, List<List<String>> b) {
    return Genes.between(new Genes(a), new Genes(b), 50, 1).value();
  }

  @Test
  void isKnownForSimpleShares() {
    List<List<String>> one = List.of(List.of("once upon", "once more"), List.of("then it"));
    assertThat(distance(one, one)).isCloseTo(0, within(1e-12));
    // Only four characters count.
    assertThat(distance(one, List.of(List.of("onceX"), List.of("thenY"))))
        .isCloseTo(0, within(1e-12));
    assertThat(distance(one, List.of(List.of("none"), List.of("of it"))))
        .isCloseTo(-Math.log(1e-3), within(1e-12));
    // Shares (1) and (1/2, 1/2): S = (1/2) / sqrt(1 * 1/2).
    assertThat(distance(List.of(List.of("a", "a")), List.of(List.of("a", "b"))))
        .isCloseTo(-Math.log(Math.sqrt(0.5)), within(1e-12));
    // Two genes, one agreeing and one not: S = (1 + 0) / sqrt(2 * 2).
    assertThat(distance(List.of(List.of("a"), List.of("b")), List.of(List.of("a"), List.of("c"))))
        .isCloseTo(-Math.log(0.5), within(1e-12));
  }

  @Test
  void emptyContinuationsAreMissingValues() {
    List<List<String>> a = List.of(List.of("a", "", "a"), List.of("b"), List.of(""));
    List<List<String>> b = List.of(List.of("a"), List.of(), List.of("c"));
    Genes.Distance found = Genes.between(new Genes(a), new Genes(b), 50, 1);
    assertThat(found.genes()).isEqualTo(1);
    assertThat(found.value()).isCloseTo(0, within(1e-12));
    Genes.Distance none =
        Genes.between(new Genes(List.of(List.of())), new Genes(List.of(List.of("a"))), 50, 1);
    assertThat(none.genes()).isZero();
    assertThat(none.value()).isCloseTo(-Math.log(1e-3), within(1e-12));
  }

  /** 95 of 100 bootstraps over many genes hold the value of the whole population. */
  @Test
  void theBootstrapCoversTheTrueDistance() {
    Random random = new Random(3);
    // Each gene agrees with chance 0.6, else not at all: S = 0.6.
    double truth = -Math.log(0.6);
    int covered = 0;
    for (int trial = 0; trial < 200; trial++) {
      List<List<String>> a = new ArrayList<>();
      List<List<String>> b = new ArrayList<>();
      for (int gene = 0; gene < 128; gene++) {
        a.add(List.of("same"));
        b.add(List.of(random.nextDouble() < 0.6 ? "same" : "else"));
      }
      Genes.Distance found = Genes.between(new Genes(a), new Genes(b), 300, trial);
      covered += found.low() <= truth && truth <= found.high() ? 1 : 0;
    }
    assertThat(covered).isBetween(178, 200);
  }
}
