package dev.stemma.evidence;

import dev.stemma.artifact.Component;

/** The analysis cannot speak about this pair, and why. */
public record NotApplicable(String id, Component component, String why) implements Evidence {}
