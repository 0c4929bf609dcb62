package dev.stemma.analysis;

import java.io.Serializable;

/** A work unit's result: small. */
public interface Partial extends Serializable {}
