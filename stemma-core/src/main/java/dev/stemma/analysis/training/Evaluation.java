package dev.stemma.analysis.training;

import java.io.Serializable;

/** A loss on held-out data: of the weights at one step, never averaged over steps. */
public record Evaluation(long step, double loss, long place) implements Serializable {}
