package dev.stemma.lab;

import dev.stemma.architecture.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Derivations that choose layers: pruning, depth up-scaling, transplanting. */
final class Depth {
  private Depth() {}

  /** Depth up-scaling (SOLAR, Kim et al. 2023): layers 1..n-k, then k+1..n, of n. */
  static Checkpoint upScale(Checkpoint base, int dropped) {
    int layers = base.layers();
    if (dropped < 0 || dropped >= layers) {
      throw base.impossible("k below the " + layers + " layers", "k = " + dropped);
    }
    List<Integer> stack = new ArrayList<>();
    for (int layer = 0; layer < layers - dropped; layer++) {
      stack.add(layer);
    }
    for (int layer = dropped; layer < layers; layer++) {
      stack.add(layer);
    }
    return stack(base, stack);
  }

  /** Only these layers. */
  static Checkpoint keep(Checkpoint base, List<Integer> layers) {
    for (int layer : layers) {
      if (layer < 0 || layer >= base.layers()) {
        throw base.impossible("layers from 0 to " + (base.layers() - 1), String.valueOf(layer));
      }
    }
    return stack(base, layers);
  }

  /** So many layers, evenly spread, the first and the last among them. */
  static Checkpoint keepEvenly(Checkpoint base, int count) {
    if (count < 1 || count > base.layers()) {
      throw base.impossible("1 to " + base.layers() + " layers", String.valueOf(count));
    }
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      kept.add(count == 1 ? 0 : (int) Math.round((double) i * (base.layers() - 1) / (count - 1)));
    }
    return stack(base, kept);
  }

  /** The base with some layers taken from another model of the same shape. */
  static Checkpoint transplant(Checkpoint base, Checkpoint donor, List<Integer> layers) {
    SortedMap<Role, LabTensor> tensors = new TreeMap<>(base.tensors());
    for (int layer : layers) {
      if (layer < 0 || layer >= base.layers() || layer >= donor.layers()) {
        throw base.impossible("layers that both models have", String.valueOf(layer));
      }
      tensors.replaceAll((role, tensor) -> {
        if (role.layer() != layer) {
          return tensor;
        }
        LabTensor other = donor.require(role);
        if (!other.shape().equals(tensor.shape())) {
          throw base.impossible(role.key() + " of " + tensor.shape(), other.shape().toString());
        }
        return other;
      });
    }
    return base.with(tensors);
  }

  private static Checkpoint stack(Checkpoint base, List<Integer> layers) {
    SortedMap<Role, LabTensor> tensors = new TreeMap<>();
    base.tensors()
        .forEach((role, tensor) -> {
          if (role.layer() < 0) {
            tensors.put(role, tensor);
          }
        });
    for (int place = 0; place < layers.size(); place++) {
      int from = layers.get(place);
      int to = place;
      base.tensors()
          .forEach((role, tensor) -> {
            if (role.layer() == from) {
              tensors.put(role.atLayer(to), tensor);
            }
          });
    }
    return base.with(tensors).withConfig("num_hidden_layers", layers.size());
  }

  /** Parses "0,1,3,5". */
  static List<Integer> list(Checkpoint base, String text) {
    try {
      return Arrays.stream(text.split(",", -1))
          .map(part -> Integer.parseInt(part.strip()))
          .toList();
    } catch (NumberFormatException e) {
      throw base.impossible("layer numbers as 0,1,3,5", "'" + text + "'");
    }
  }
}
