/**
 * What the answers of models say of their relation: exact tests on paired answers, and context that
 * decides nothing. Nothing here asks a model.
 */
@NullMarked
package dev.stemma.analysis.behaviour;

import org.jspecify.annotations.NullMarked;
