/**
 * What tensors mean: families as data files give every tensor its canonical role (component, layer,
 * expert, part). No Java code asks for a model's type.
 */
@NullMarked
package dev.stemma.architecture;

import org.jspecify.annotations.NullMarked;
