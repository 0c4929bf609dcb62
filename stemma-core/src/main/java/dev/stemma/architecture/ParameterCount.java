package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How many parameters a configuration has, as the official code instantiates it: blocks for
 * predicting further tokens and score-correction biases are listed apart.
 *
 * @param byBlock what stands apart included
 * @param layers of the main stack, in order
 * @param inputEmbedding the embedding matrix of tokens
 * @param head the matrix of an untied head; 0 where it is tied or there is none
 * @param routedActive what one token uses of the routed experts
 * @param predictionCopies copies of embedding and head that checkpoints carry beside the block for
 *     predicting further tokens
 */
public record ParameterCount(
    Map<Block, Long> byBlock,
    List<Layer> layers,
    long inputEmbedding,
    long head,
    long routedActive,
    long predictionCopies) {
  /**
   * One layer.
   *
   * @param kind as in {@code full attention, routed experts}
   */
  public record Layer(int number, String kind, Map<Block, Long> byBlock, long active) {
    /** Keeps the map unmodifiable. */
    public Layer {
      byBlock = Collections.unmodifiableMap(new EnumMap<>(byBlock));
    }

    /** All its parameters that totals include. */
    public long total() {
      return sum(byBlock);
    }
  }

  /** Keeps the collections unmodifiable. */
  public ParameterCount {
    byBlock = Collections.unmodifiableMap(new EnumMap<>(byBlock));
    layers = List.copyOf(layers);
  }

  /** The parameters of a block; 0 where there is none. */
  public long of(Block block) {
    return byBlock.getOrDefault(block, 0L);
  }

  /** What the official code instantiates. */
  public long total() {
    return sum(byBlock);
  }

  /** What one token uses. */
  public long active() {
    return total() - of(Block.ROUTED_EXPERTS) + routedActive;
  }

  /** Active without the input embedding; the one matrix of a tied model counts as its head. */
  public long activeWithoutInputEmbedding() {
    return head > 0 ? active() - inputEmbedding : active();
  }

  /** Active without the input embedding and the head. */
  public long activeWithoutEmbeddings() {
    return active() - inputEmbedding - head;
  }

  /** With what stands apart: score-correction biases. */
  public long totalWithScoreCorrection() {
    return total() + of(Block.SCORE_CORRECTION);
  }

  /** As checkpoints are shipped: with the block for further tokens and its copies. */
  public long totalWithPredictionBlock() {
    return total() + of(Block.MULTI_TOKEN_PREDICTION) + predictionCopies;
  }

  private static long sum(Map<Block, Long> byBlock) {
    long sum = 0;
    for (Map.Entry<Block, Long> entry : byBlock.entrySet()) {
      if (entry.getKey().isCounted()) {
        sum = Math.addExact(sum, entry.getValue());
      }
    }
    return sum;
  }

  /**
   * Counts.
   *
   * @throws Expression.UnresolvedException if the configuration lacks a key that the count needs
   */
  public static ParameterCount of(Architecture architecture) {
    return new Counting(architecture).count();
  }

  /** Counts what a checkpoint holds, for a model whose configuration says too little. */
  public static ParameterCount of(CanonicalModel model, Architecture architecture) {
    Map<Block, Long> all = new EnumMap<>(Block.class);
    Map<Integer, Map<Block, Long>> byLayer = new java.util.TreeMap<>();
    long embedding = 0;
    long head = 0;
    for (Map.Entry<Role, dev.stemma.artifact.TensorView> entry : model.tensors().entrySet()) {
      Role role = entry.getKey();
      long elements = entry.getValue().shape().elements();
      Block block = Block.of(role.component(), role.part(), role.expert() >= 0);
      all.merge(block, elements, Math::addExact);
      if (role.layer() >= 0 && role.component() == architecture.family().mainStack().component()) {
        byLayer
            .computeIfAbsent(role.layer(), layer -> new EnumMap<>(Block.class))
            .merge(block, elements, Math::addExact);
      }
      embedding = role.part() == Part.TOKEN_EMBEDDING ? elements : embedding;
      head = role.part() == Part.HEAD ? elements : head;
    }
    for (dev.stemma.artifact.Tensor tensor : model.unmapped()) {
      boolean isIndex =
          tensor.view() instanceof dev.stemma.artifact.TensorView.Stored stored
              && stored.type() == dev.stemma.artifact.ElementType.I64;
      if (!isIndex) {
        all.merge(Block.OTHER, tensor.shape().elements(), Math::addExact);
      }
    }
    long routed = all.getOrDefault(Block.ROUTED_EXPERTS, 0L);
    long experts = 1L + model.tensors().keySet().stream().mapToInt(Role::expert).max().orElse(-1);
    long chosen = architecture.values().whole("num_experts_per_tok").orElse(experts);
    long routedActive = experts == 0 ? routed : routed / experts * Math.min(chosen, experts);
    List<Layer> layers = new ArrayList<>();
    byLayer.forEach((number, blocks) -> {
      long ofExperts = blocks.getOrDefault(Block.ROUTED_EXPERTS, 0L);
      long used = experts == 0 ? 0 : ofExperts / experts * Math.min(chosen, experts);
      layers.add(
          new Layer(
              number,
              ofExperts > 0 ? "routed experts" : "dense",
              blocks,
              sum(blocks) - ofExperts + used));
    });
    return new ParameterCount(all, layers, embedding, head, routedActive, 0);
  }

  private static final class Counting {
    private final Architecture architecture;
    private final Map<Block, Long> byBlock = new EnumMap<>(Block.class);
    private final List<Layer> layers = new ArrayList<>();
    private long inputEmbedding;
    private long head;
    private long routedActive;
    private long predictionCopies;

    Counting(Architecture architecture) {
      this.architecture = architecture;
    }

    ParameterCount count() {
      for (LayerStack stack : architecture.stacks()) {
        Values values = architecture.values(stack);
        outsideLayers(stack.rooted(), values);
        outsideLayers(stack.outside(), values);
        long first = stack.firstLayer().whole(values);
        int number = stack.layers(values);
        for (int i = 0; i < number; i++) {
          layer(stack, Math.toIntExact(first + i), values.atLayer(first + i));
        }
      }
      return new ParameterCount(
          byBlock, layers, inputEmbedding, head, routedActive, predictionCopies);
    }

    private void outsideLayers(List<TensorTemplate> templates, Values values) {
      for (TensorTemplate template : templates) {
        if (template.alternative() || !template.applies(values)) {
          continue;
        }
        long elements = elements(template, values);
        add(byBlock, block(template), elements);
        Part part = template.pieces().getFirst().part();
        if (part == Part.TOKEN_EMBEDDING) {
          inputEmbedding = elements;
        } else if (part == Part.HEAD) {
          head = elements;
        }
      }
    }

    private void layer(LayerStack stack, int number, Values values) {
      Map<Block, Long> blocks = new EnumMap<>(Block.class);
      long active = 0;
      for (TensorTemplate template : stack.inLayer()) {
        if (!template.applies(values)) {
          continue;
        }
        long elements = elements(template, values);
        if (!stack.counted()) {
          countApart(template, elements);
        } else if (!template.alternative()) {
          Block block = block(template);
          add(blocks, block, elements);
          add(byBlock, block, elements);
          long used = block == Block.ROUTED_EXPERTS ? used(template, elements, values) : elements;
          active += block.isCounted() ? used : 0;
          routedActive += block == Block.ROUTED_EXPERTS ? used : 0;
        }
      }
      if (stack.equals(architecture.family().mainStack())) {
        layers.add(new Layer(number, kind(values), blocks, active));
      }
    }

    /** Only the copies of embedding and head are alternatives that a checkpoint has besides. */
    private void countApart(TensorTemplate template, long elements) {
      Part part = template.pieces().getFirst().part();
      boolean isCopy = part == Part.TOKEN_EMBEDDING || part == Part.HEAD;
      if (isCopy) {
        predictionCopies += elements;
      } else if (!template.alternative() && part != Part.ROUTER_SCORE_CORRECTION) {
        add(byBlock, Block.MULTI_TOKEN_PREDICTION, elements);
      }
    }

    private static String kind(Values values) {
      String attention = values.text("layer_kind").orElse("full");
      return attention + (values.truth("moe_layer") ? ", routed experts" : ", dense");
    }

    private static long used(TensorTemplate template, long elements, Values values) {
      long experts = java.util.Objects.requireNonNull(template.experts()).whole(values);
      long chosen = new Expression.Name("active_experts").whole(values);
      return experts == 0 ? 0 : Math.multiplyExact(elements / experts, Math.min(chosen, experts));
    }

    private static Block block(TensorTemplate template) {
      return Block.of(
          template.component(), template.pieces().getFirst().part(), template.experts() != null);
    }

    private static void add(Map<Block, Long> blocks, Block block, long elements) {
      blocks.merge(block, elements, Math::addExact);
    }

    private static long elements(TensorTemplate template, Values values) {
      long elements = 1;
      for (Expression dimension : template.shape()) {
        long size = dimension.whole(values);
        if (size < 0) {
          throw new Expression.UnresolvedException(dimension.text(), "at least 0", size);
        }
        elements = multiply(elements, size);
      }
      if (template.experts() != null && !template.isStacked()) {
        elements = multiply(elements, template.experts().whole(values));
      }
      return elements;
    }

    private static long multiply(long a, long b) {
      try {
        return Math.multiplyExact(a, b);
      } catch (ArithmeticException tooLarge) {
        throw new Expression.UnresolvedException("a tensor's shape", "a size in 64 bits", "more");
      }
    }
  }
}
