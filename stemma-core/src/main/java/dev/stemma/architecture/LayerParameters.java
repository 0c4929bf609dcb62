package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors of one layer with their sizes, fused ones taken apart. */
public final class LayerParameters {
  private LayerParameters() {}

  /**
   * One kind of tensor in a layer.
   *
   * @param elements of all experts where it is a routed expert's
   * @param shape as its role has it (output units first)
   */
  public record Entry(Part part, boolean routed, long experts, long elements, List<Long> shape) {}

  /** All tensors of one layer of the main stack, in the family's order. */
  public static List<Entry> of(Architecture architecture, int layer) {
    Values values = architecture.values().atLayer(layer);
    List<Entry> entries = new ArrayList<>();
    for (TensorTemplate template : architecture.family().mainStack().inLayer()) {
      if (template.alternative() || !template.applies(values)) {
        continue;
      }
      List<Long> stored = new ArrayList<>();
      template.shape().forEach(dimension -> stored.add(dimension.whole(values)));
      if (template.isStacked()) {
        stored.removeFirst();
      }
      List<Long> turned = template.transposed() ? stored.reversed() : stored;
      long experts = template.experts() == null ? 1 : template.experts().whole(values);
      for (TensorTemplate.Piece piece : template.pieces()) {
        List<Long> shape = new ArrayList<>(turned);
        if (piece.rows() != null) {
          shape.set(0, piece.rows().whole(values) * template.groups().whole(values));
        }
        long elements = shape.stream().reduce(experts, Math::multiplyExact);
        entries.add(
            new Entry(
                piece.part(), template.experts() != null, experts, elements, List.copyOf(shape)));
      }
    }
    return entries;
  }

  /** The user's rows for one layer: projections, experts, router, dense MLP, norms, the total. */
  public static Map<String, Long> rows(Architecture architecture, int layer) {
    Map<String, Long> rows = new LinkedHashMap<>();
    Map<Block, Long> others = new EnumMap<>(Block.class);
    long perExpert = 0;
    long total = 0;
    for (Entry entry : of(architecture, layer)) {
      Block block = Block.of(dev.stemma.artifact.Component.DECODER, entry.part(), entry.routed());
      if (!block.isCounted()) {
        continue;
      }
      total += entry.elements();
      if (block == Block.ATTENTION) {
        rows.merge(entry.part().key(), entry.elements(), Long::sum);
      } else {
        others.merge(block, entry.elements(), Long::sum);
        perExpert +=
            block == Block.ROUTED_EXPERTS ? entry.elements() / Math.max(1, entry.experts()) : 0;
      }
    }
    put(rows, "Shared experts", others.remove(Block.SHARED_EXPERTS));
    put(rows, "One routed expert", perExpert == 0 ? null : perExpert);
    put(rows, "All routed experts", others.remove(Block.ROUTED_EXPERTS));
    others.entrySet().stream()
        .sorted(Map.Entry.<Block, Long>comparingByKey().reversed())
        .forEach(other -> rows.put(other.getKey().title(), other.getValue()));
    rows.put("Layer total", total);
    return rows;
  }

  private static void put(Map<String, Long> rows, String name, @Nullable Long count) {
    if (count != null) {
      rows.put(name, count);
    }
  }
}
