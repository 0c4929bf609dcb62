package dev.stemma.evidence;

import dev.stemma.artifact.Component;

/** The analysis should have run and something broke (exit code 3). */
public record Failed(String id, Component component, String why) implements Evidence {}
