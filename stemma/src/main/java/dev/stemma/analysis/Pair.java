package dev.stemma.analysis;

import dev.stemma.architecture.CanonicalModel;

/** Two models to compare, and how far to go. */
public record Pair(CanonicalModel a, CanonicalModel b, Scope scope) {}
