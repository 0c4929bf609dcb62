package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;

/** One layer's keys and values, a pair of vectors a position. */
public final class KeyValueCache {
  private final List<float[]> keys = new ArrayList<>();
  private final List<float[]> values = new ArrayList<>();

  /** Adds the next position. */
  void add(float[] key, float[] value) {
    keys.add(key);
    values.add(value);
  }

  float[] key(int position) {
    return keys.get(position);
  }

  float[] value(int position) {
    return values.get(position);
  }
}
