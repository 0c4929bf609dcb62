package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of tensor of a family: how checkpoints call it, its stored shape, and which roles it
 * holds.
 *
 * @param names as in {@code mlp.experts.${expert}.up_proj.weight}; the first is the official one
 * @param component what its roles belong to
 * @param pieces the roles along its output units; one for a tensor that is not fused
 * @param groups how often the pieces repeat along the output units (query, key and value
 *     interleaved by head); 1 where they stand one after another
 * @param shape its stored dimensions
 * @param when whether a configuration (and layer) has it; null for always
 * @param experts how many experts, for a tensor of each expert or one stacked over them; null else
 * @param transposed stored as [input units, output units]
 * @param alternative another layout of tensors that other templates already count
 */
public record TensorTemplate(
    List<String> names,
    Component component,
    List<Piece> pieces,
    Expression groups,
    List<Expression> shape,
    @Nullable Expression when,
    @Nullable Expression experts,
    boolean transposed,
    boolean alternative) {
  /** Keeps the lists unmodifiable. */
  public TensorTemplate {
    names = List.copyOf(names);
    pieces = List.copyOf(pieces);
    shape = List.copyOf(shape);
  }

  /**
   * A role within the tensor.
   *
   * @param rows output units of one group; null for all of them
   */
  public record Piece(Part part, @Nullable Expression rows) {}

  /** True for one tensor that holds all experts. */
  public boolean isStacked() {
    return experts != null && !names.getFirst().contains("${expert}");
  }

  /** True where a configuration and layer have this tensor. */
  public boolean applies(Expression.Scope scope) {
    return when == null || when.truth(scope);
  }
}
