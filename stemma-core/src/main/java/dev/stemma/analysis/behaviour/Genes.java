package dev.stemma.analysis.behaviour;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Distance of two models by their drawn continuations (PhyloLM, arXiv 2404.04671): prompts are
 * genes, a continuation's first four characters are the allele. Models of one training text are
 * near each other too.
 */
public final class Genes {
  private static final int ALLELE_CHARACTERS = 4;
  private static final double SMALLEST = 1e-3;

  private final List<Map<String, Double>> genes = new ArrayList<>();

  /** The alleles' shares, gene by gene; an empty continuation is a missing value. */
  public Genes(List<List<String>> continuations) {
    for (List<String> gene : continuations) {
      Map<String, Double> shares = new TreeMap<>();
      for (String text : gene) {
        int[] points = text.codePoints().limit(ALLELE_CHARACTERS).toArray();
        if (points.length > 0) {
          shares.merge(new String(points, 0, points.length), 1.0, Double::sum);
        }
      }
      double all = shares.values().stream().mapToDouble(Double::doubleValue).sum();
      shares.replaceAll((allele, count) -> count / all);
      genes.add(shares);
    }
  }

  /** A distance with the bounds that hold 95 of 100 bootstraps over the genes. */
  public record Distance(double value, double low, double high, int genes) {}

  /** The distance; the lists of genes are the same prompts. */
  public static Distance between(Genes a, Genes b, int bootstraps, long seed) {
    List<double[]> parts = new ArrayList<>();
    for (int gene = 0; gene < a.genes.size(); gene++) {
      Map<String, Double> first = a.genes.get(gene);
      Map<String, Double> second = b.genes.get(gene);
      if (!first.isEmpty() && !second.isEmpty()) {
        double product = 0;
        for (Map.Entry<String, Double> allele : first.entrySet()) {
          product += allele.getValue() * second.getOrDefault(allele.getKey(), 0.0);
        }
        parts.add(new double[] {product, squares(first), squares(second)});
      }
    }
    int number = parts.size();
    int[] each = new int[number];
    Arrays.setAll(each, i -> i);
    Random random = new Random(seed);
    double[] drawn = new double[bootstraps];
    for (int draw = 0; draw < bootstraps; draw++) {
      drawn[draw] = distance(parts, random.ints(number, 0, Math.max(1, number)).toArray());
    }
    Arrays.sort(drawn);
    return new Distance(
        distance(parts, each),
        drawn[(int) (0.025 * (bootstraps - 1))],
        drawn[(int) Math.ceil(0.975 * (bootstraps - 1))],
        number);
  }

  private static double squares(Map<String, Double> shares) {
    return shares.values().stream().mapToDouble(share -> share * share).sum();
  }

  private static double distance(List<double[]> parts, int[] chosen) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int gene : chosen) {
      product += parts.get(gene)[0];
      first += parts.get(gene)[1];
      second += parts.get(gene)[2];
    }
    return first == 0 || second == 0
        ? -Math.log(SMALLEST)
        : -Math.log(Math.max(product / Math.sqrt(first * second), SMALLEST));
  }
}
