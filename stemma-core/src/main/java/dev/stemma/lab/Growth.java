package dev.stemma.lab;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Shape;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/** Derivations that add: experts, vocabulary, new embeddings. */
final class Growth {
  private static final double ROUTER_DEVIATION = 0.02;

  private Growth() {}

  /**
   * Sparse upcycling (Komatsuzaki et al. 2023): each dense MLP copied into experts, a fresh router.
   */
  static Checkpoint upcycle(Checkpoint base, int experts, RandomGenerator random) {
    if (base.hasExperts() || experts < 2) {
      throw base.impossible(
          "a dense base and at least 2 experts",
          base.hasExperts() ? "a mixture of experts" : experts + " experts");
    }
    SortedMap<Role, LabTensor> tensors = new TreeMap<>();
    long seed = random.nextLong();
    base.tensors()
        .forEach((role, tensor) -> {
          boolean mlp =
              role.part() == Part.GATE || role.part() == Part.UP || role.part() == Part.DOWN;
          if (!mlp) {
            tensors.put(role, tensor);
            return;
          }
          for (int expert = 0; expert < experts; expert++) {
            tensors.put(new Role(role.component(), role.layer(), expert, role.part()), tensor);
          }
          Role router = Role.inLayer(role.component(), role.layer(), Part.ROUTER);
          Shape shape = Shape.of(experts, base.hidden());
          tensors.put(
              router,
              tensor.computed(
                  shape,
                  () ->
                      Draw.normal(
                          experts * base.hidden(),
                          ROUTER_DEVIATION,
                          Updates.seeded(seed, router))));
        });
    ObjectNode config = base.config().deepCopy();
    config.put("model_type", "mixtral");
    config.putArray("architectures").add("MixtralForCausalLM");
    config.put("num_local_experts", experts);
    config.put("num_experts_per_tok", 2);
    return new Checkpoint(base.reference(), config, tensors);
  }

  /**
   * New rows after the old ones: the mean of the old rows with noise, as vocabulary extensions
   * start.
   */
  static Checkpoint extendVocabulary(Checkpoint base, int more, RandomGenerator random) {
    if (more < 1) {
      throw base.impossible("at least 1 more token", String.valueOf(more));
    }
    long seed = random.nextLong();
    int vocabulary = base.require(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING)).rows();
    return base.map(
            (role, tensor) -> isVocabulary(role) ? extended(role, tensor, more, seed) : tensor)
        .withConfig("vocab_size", (long) vocabulary + more);
  }

  private static LabTensor extended(Role role, LabTensor tensor, int more, long seed) {
    int columns = tensor.columns();
    long old = tensor.shape().elements();
    LabTensor fresh =
        tensor.computed(
            Shape.of(more, columns),
            () -> {
              double deviation = tensor.deviation();
              return Draw.normal(more * columns, deviation * 0.5, Updates.seeded(seed, role));
            });
    return new LabTensor(
        Shape.of((long) tensor.rows() + more, columns),
        tensor.type(),
        (first, count, destination) -> {
          int fromOld = Math.clamp(old - first, 0, count);
          if (fromOld > 0) {
            tensor.values().read(first, fromOld, destination);
          }
          if (fromOld < count) {
            float[] rest = new float[count - fromOld];
            fresh.values().read(Math.max(0, first - old), rest.length, rest);
            System.arraycopy(rest, 0, destination, fromOld, rest.length);
          }
        });
  }

  /** A fresh vocabulary of this size: embedding and head drawn anew, the body kept. */
  static Checkpoint replaceEmbeddings(Checkpoint base, int vocabulary, RandomGenerator random) {
    if (vocabulary < 1) {
      throw base.impossible("a vocabulary of at least 1", String.valueOf(vocabulary));
    }
    long seed = random.nextLong();
    return base.map((role, tensor) ->
            isVocabulary(role)
                ? LabTensor.zeros(Shape.of(vocabulary, tensor.columns()), tensor.type())
                    .changed(() ->
                        Draw.normals(
                            () -> new Random(seed ^ role.part().name().hashCode()),
                            tensor.deviation()))
                : tensor)
        .withConfig("vocab_size", vocabulary);
  }

  private static boolean isVocabulary(Role role) {
    return role.part() == Part.TOKEN_EMBEDDING || role.part() == Part.HEAD;
  }
}
