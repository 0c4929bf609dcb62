package dev.stemma.architecture;

import dev.stemma.artifact.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A family under one configuration.
 *
 * @param family the family whose templates are used
 * @param stated true where the configuration names the family; false where it was inferred
 */
public record Architecture(
    Family family, Optional<Config> config, boolean stated, Map<String, Values> valuesByStack) {

  /** The family under this configuration. */
  static Architecture of(
      Family family, Optional<Config> config, boolean stated, Map<String, List<String>> aliases) {
    ObjectNode json =
        config.map(Config::json).orElseGet(() -> JsonNodeFactory.instance.objectNode());
    Map<String, Values> values = new HashMap<>();
    for (LayerStack stack : family.stacks()) {
      List<ObjectNode> sections = new ArrayList<>();
      for (String section : stack.sections()) {
        if (section.equals(".")) {
          sections.add(json);
        } else if (json.get(section) instanceof ObjectNode object) {
          sections.add(object);
        }
      }
      values.put(stack.id(), new Values(family, sections, aliases));
    }
    return new Architecture(family, config, stated, values);
  }

  /** The values that a stack's expressions see. */
  public Values values(LayerStack stack) {
    return java.util.Objects.requireNonNull(valuesByStack.get(stack.id()));
  }

  /** The values of the main stack. */
  public Values values() {
    return values(family.mainStack());
  }

  /** The stacks that this configuration has. */
  public List<LayerStack> stacks() {
    return family.stacks().stream().filter(this::has).toList();
  }

  private boolean has(LayerStack stack) {
    try {
      return stack.when() == null || stack.when().truth(values(stack));
    } catch (Expression.UnresolvedException notANumber) {
      return false;
    }
  }
}
