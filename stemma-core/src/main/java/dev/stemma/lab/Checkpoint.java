package dev.stemma.lab;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint in the making: configuration and tensors by role. Derivations take one and give one.
 *
 * @param reference where it came from, for messages
 */
record Checkpoint(String reference, ObjectNode config, SortedMap<Role, LabTensor> tensors) {
  Checkpoint {
    config = config.deepCopy();
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  int layers() {
    return config.path("num_hidden_layers").asInt(0);
  }

  int hidden() {
    return config.path("hidden_size").asInt(0);
  }

  LabTensor require(Role role) {
    LabTensor tensor = tensors.get(role);
    if (tensor == null) {
      throw impossible(role.key() + " in the base", "none");
    }
    return tensor;
  }

  boolean hasExperts() {
    return tensors.keySet().stream().anyMatch(role -> role.part() == Part.ROUTER);
  }

  /** The same configuration with every tensor replaced by a function of it. */
  Checkpoint map(BiFunction<Role, LabTensor, LabTensor> function) {
    SortedMap<Role, LabTensor> mapped = new TreeMap<>();
    for (Map.Entry<Role, LabTensor> entry : tensors.entrySet()) {
      mapped.put(entry.getKey(), function.apply(entry.getKey(), entry.getValue()));
    }
    return new Checkpoint(reference, config, mapped);
  }

  Checkpoint with(SortedMap<Role, LabTensor> otherTensors) {
    return new Checkpoint(reference, config, otherTensors);
  }

  Checkpoint withConfig(String key, long value) {
    ObjectNode changed = config.deepCopy();
    changed.put(key, value);
    return new Checkpoint(reference, changed, tensors);
  }

  ArtifactException impossible(String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        reference,
        "lab derive",
        expected,
        found,
        "Nothing was written; ask for a derivation that this base allows.");
  }
}
