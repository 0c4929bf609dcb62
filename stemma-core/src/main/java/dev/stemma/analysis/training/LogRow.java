package dev.stemma.analysis.training;

import java.io.Serializable;

/**
 * One logged training row; NaN where the log does not say.
 *
 * @param step optimizer step as logged
 * @param tokens tokens seen so far
 * @param loss mean cross-entropy in nats a token, if the log's loss is one
 * @param averagedOver steps that the loss is averaged over at most; 1 is a single step
 * @param wallSeconds cumulative time, from any origin
 * @param place line of the file, or byte offset in an event file
 */
public record LogRow(
    long step,
    double tokens,
    double loss,
    long averagedOver,
    double learningRate,
    double gradientNorm,
    double epoch,
    double wallSeconds,
    long place)
    implements Serializable {}
