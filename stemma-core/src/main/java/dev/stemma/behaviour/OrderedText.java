package dev.stemma.behaviour;

/**
 * A text of some model's training data.
 *
 * @param position its place in the order that was published; any rising number
 */
public record OrderedText(double position, String text) {}
