package dev.stemma.behaviour;

/**
 * A question about the model itself.
 *
 * @param language of the question
 * @param question the question
 */
public record IdentityQuestion(String language, String question) {}
