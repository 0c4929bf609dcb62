package dev.stemma.lab;

import java.util.random.RandomGenerator;

/**
 * Makes a descendant (or, for {@code reinit}, a stranger) of a checkpoint. Impossible requests fail
 * here, before anything is written.
 */
@FunctionalInterface
interface Derivation {
  Checkpoint derive(Checkpoint base, RandomGenerator random);
}
