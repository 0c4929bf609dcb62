/**
 * What two models make of the same texts: how alike their hidden states and their next-token
 * distributions are. Trained models share much of both, so these are context and never decide.
 */
@NullMarked
package dev.stemma.analysis.representation;

import org.jspecify.annotations.NullMarked;
