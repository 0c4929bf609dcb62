package dev.stemma.lab;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** Derivations that leave out: experts, tokens. */
final class Reduction {
  private static final List<String> EXPERT_COUNTS =
      List.of("num_local_experts", "n_routed_experts", "num_experts");

  /** Ids at the end of a vocabulary that stay: special tokens stand there. */
  private static final int LAST_KEPT = 8;

  private Reduction() {}

  /** Keeps random routed experts of each layer in their order, with their rows of the router. */
  static Checkpoint pruneExperts(Checkpoint base, int experts, RandomGenerator random) {
    int all = base.tensors().keySet().stream().mapToInt(role -> role.expert() + 1).max().orElse(0);
    if (experts < 1 || experts >= all) {
      throw base.impossible("fewer than the " + all + " experts, 1 at least", experts + " experts");
    }
    long seed = random.nextLong();
    SortedMap<Role, LabTensor> tensors = new TreeMap<>();
    base.tensors()
        .forEach((role, tensor) -> {
          if (role.layer() < 0) {
            tensors.put(role, tensor);
            return;
          }
          int[] kept = kept(all, experts, seed, role.layer());
          if (role.expert() >= 0) {
            int place = java.util.Arrays.binarySearch(kept, role.expert());
            if (place >= 0) {
              tensors.put(new Role(role.component(), role.layer(), place, role.part()), tensor);
            }
          } else if (role.part() == Part.ROUTER) {
            tensors.put(role, tensor.selectRows(kept));
          } else if (role.part() == Part.ROUTER_SCORE_CORRECTION) {
            tensors.put(role, tensor.selectColumns(kept));
          } else {
            tensors.put(role, tensor);
          }
        });
    ObjectNode config = base.config().deepCopy();
    EXPERT_COUNTS.stream().filter(config::has).forEach(key -> config.put(key, experts));
    if (config.path("num_experts_per_tok").asInt(0) > experts) {
      config.put("num_experts_per_tok", experts);
    }
    return new Checkpoint(base.reference(), config, tensors);
  }

  private static int[] kept(int all, int experts, long seed, int layer) {
    return Draw.subset(all, experts, new java.util.Random(seed + layer * 1_000_003L));
  }

  /** Leaves out tokens' rows and closes up, so that the later tokens get other numbers. */
  static Checkpoint reduceVocabulary(Checkpoint base, int tokens) {
    int vocabulary = base.require(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING)).rows();
    if (tokens < vocabulary / 4 + LAST_KEPT + 1 || tokens >= vocabulary) {
      throw base.impossible(
          "from " + (vocabulary / 4 + LAST_KEPT + 1) + " to " + (vocabulary - 1) + " tokens",
          tokens + " tokens");
    }
    int[] kept = keptTokens(vocabulary, tokens);
    ObjectNode config = base.config().deepCopy();
    for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) {
      if (config.path(key).isInt()) {
        int place = java.util.Arrays.binarySearch(kept, config.path(key).asInt());
        if (place >= 0) {
          config.put(key, place);
        } else {
          config.remove(key);
        }
      }
    }
    config.put("vocab_size", tokens);
    return new Checkpoint(
        base.reference(),
        config,
        base.map((role, tensor) ->
                role.part() == Part.TOKEN_EMBEDDING || role.part() == Part.HEAD
                    ? tensor.selectRows(kept)
                    : tensor)
            .tensors());
  }

  /** The ids that stay: the first quarter, the last few, and an even choice between. */
  static int[] keptTokens(int vocabulary, int tokens) {
    int first = vocabulary / 4;
    int between = vocabulary - LAST_KEPT - first;
    int chosen = tokens - first - LAST_KEPT;
    return IntStream.concat(
            IntStream.range(0, first),
            IntStream.concat(
                IntStream.range(0, chosen)
                    .map(index -> first + (int) ((long) index * between / chosen)),
                IntStream.range(vocabulary - LAST_KEPT, vocabulary)))
        .toArray();
  }
}
