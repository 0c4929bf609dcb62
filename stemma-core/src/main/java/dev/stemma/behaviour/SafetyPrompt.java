package dev.stemma.behaviour;

/**
 * A prompt that should be answered, or one that is like it and should not.
 *
 * @param type XSTest's
 * @param safe whether it should be answered
 */
public record SafetyPrompt(String type, boolean safe, String prompt) {}
