package dev.stemma.runtime;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses the experts of a token and their weights from the router's logits. */
public sealed interface Router {
  /** The chosen experts with their weights, best first. */
  List<Choice> choose(float[] logits);

  /** One chosen expert. */
  record Choice(int expert, float weight) {}

  /** Which experts may be chosen at all: groups of consecutive experts compete first. */
  sealed interface Groups {
    /** Scores with those of losing groups replaced by {@code loser}. */
    float[] restrict(float[] scores);
  }

  /** No groups. */
  record NoGroups() implements Groups {
    @Override
    public float[] restrict(float[] scores) {
      return scores;
    }
  }

  /**
   * The best groups stay (DeepSeek-V2: a group's score is its best expert's; DeepSeek-V3: the sum
   * of its best two).
   *
   * @param best how many of a group's scores are summed
   * @param loser what replaces the others' scores
   */
  record BestGroups(int groups, int kept, int best, float loser) implements Groups {
    @Override
    public float[] restrict(float[] scores) {
      int size = scores.length / groups;
      float[] groupScores = new float[groups];
      for (int group = 0; group < groups; group++) {
        float[] members = Arrays.copyOfRange(scores, group * size, (group + 1) * size);
        Arrays.sort(members);
        for (int i = 0; i < best; i++) {
          groupScores[group] += members[size - 1 - i];
        }
      }
      boolean[] stays = new boolean[groups];
      for (int group : largest(groupScores, kept)) {
        stays[group] = true;
      }
      float[] restricted = scores.clone();
      for (int i = 0; i < restricted.length; i++) {
        if (!stays[i / size]) {
          restricted[i] = loser;
        }
      }
      return restricted;
    }
  }

  /** Softmax over all experts, then the best (Mixtral, Qwen, OLMoE, DeepSeek-V2). */
  record Softmax(int chosen, boolean normalise, double scale, Groups groups) implements Router {
    @Override
    public List<Choice> choose(float[] logits) {
      float[] scores = softmax(logits);
      return weigh(largest(groups.restrict(scores), chosen), scores, normalise, 0, scale);
    }
  }

  /** The best logits, then softmax over these alone (gpt-oss). */
  record SoftmaxOfChosen(int chosen) implements Router {
    @Override
    public List<Choice> choose(float[] logits) {
      int[] experts = largest(logits, chosen);
      float[] best = new float[chosen];
      for (int i = 0; i < chosen; i++) {
        best[i] = logits[experts[i]];
      }
      float[] weights = softmax(best);
      return IntStream.range(0, chosen).mapToObj(i -> new Choice(experts[i], weights[i])).toList();
    }
  }

  /**
   * Sigmoid scores; a correction bias takes part in the choice and not in the weights (DeepSeek-V3,
   * GLM-4.5, Solar Open).
   *
   * @param correction one number an expert
   */
  record Sigmoid(int chosen, float[] correction, boolean normalise, double scale, Groups groups)
      implements Router {
    private static final double TINY = 1e-20;

    @Override
    public List<Choice> choose(float[] logits) {
      float[] scores = new float[logits.length];
      float[] corrected = new float[logits.length];
      for (int i = 0; i < logits.length; i++) {
        scores[i] = (float) (1 / (1 + Math.exp(-logits[i])));
        corrected[i] = scores[i] + correction[i];
      }
      return weigh(largest(groups.restrict(corrected), chosen), scores, normalise, TINY, scale);
    }
  }

  /**
   * Phi-3.5-MoE's SparseMixer-v2 (Liu et al. 2023) at inference: two experts, each by a softmax
   * over the near-best.
   */
  record SparseMixer(double jitter) implements Router {
    @Override
    public List<Choice> choose(float[] logits) {
      int first = largest(logits, 1)[0];
      float firstWeight = near(logits, logits, first)[first];
      float[] others = logits.clone();
      others[first] = Float.NEGATIVE_INFINITY;
      int second = largest(others, 1)[0];
      float secondWeight = near(logits, others, second)[second];
      return List.of(new Choice(first, firstWeight), new Choice(second, secondWeight));
    }

    private float[] near(float[] logits, float[] candidates, int best) {
      float[] kept = candidates.clone();
      float maximum = candidates[best];
      for (int i = 0; i < kept.length; i++) {
        double factor = Math.max(Math.abs(logits[i]), maximum);
        if ((maximum - logits[i]) / factor > 2 * jitter) {
          kept[i] = Float.NEGATIVE_INFINITY;
        }
      }
      return softmax(kept);
    }
  }

  private static List<Choice> weigh(
      int[] experts, float[] scores, boolean normalise, double tiny, double scale) {
    double sum = tiny;
    for (int expert : experts) {
      sum += scores[expert];
    }
    double divisor = normalise ? sum : 1;
    return Arrays.stream(experts)
        .mapToObj(expert -> new Choice(expert, (float) (scores[expert] / divisor * scale)))
        .toList();
  }

  private static float[] softmax(float[] logits) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    double sum = 0;
    double[] exponentials = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      exponentials[i] = Math.exp(logits[i] - maximum);
      sum += exponentials[i];
    }
    float[] result = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      result[i] = (float) (exponentials[i] / sum);
    }
    return result;
  }

  private static int[] largest(float[] scores, int count) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
