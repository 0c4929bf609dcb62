package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import java.io.Serializable;
import java.util.Comparator;

/**
 * The place of a tensor in its model, comparable across models.
 *
 * @param component the stack or table it belongs to
 * @param layer layer number from 0, or -1 outside the layers
 * @param expert routed expert's number from 0, or -1
 * @param part what it does there
 */
public record Role(Component component, int layer, int expert, Part part)
    implements Comparable<Role>, Serializable {
  private static final Comparator<Role> ORDER =
      Comparator.comparing(Role::component)
          .thenComparingInt(Role::layer)
          .thenComparing(Role::part)
          .thenComparingInt(Role::expert);

  /** A role outside the layers. */
  public static Role global(Component component, Part part) {
    return new Role(component, -1, -1, part);
  }

  /** A role inside a layer. */
  public static Role inLayer(Component component, int layer, Part part) {
    return new Role(component, layer, -1, part);
  }

  /** The same place in another layer. */
  public Role atLayer(int otherLayer) {
    return new Role(component, otherLayer, expert, part);
  }

  /** The part's key, with the expert's number where there is one: {@code experts.3.up_proj}. */
  public String key() {
    return expert < 0 ? part.key() : "experts." + expert + "." + part.key();
  }

  @Override
  public int compareTo(Role other) {
    return ORDER.compare(this, other);
  }
}
