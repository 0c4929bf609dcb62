/**
 * Makes models whose family tree is known, and measures the tool on them. A derivation is a
 * function from a checkpoint to a checkpoint, lazy until it is written.
 */
@NullMarked
package dev.stemma.lab;

import org.jspecify.annotations.NullMarked;
