/**
 * From the relations of every two models to one family tree: who descends from whom. Nothing here
 * reads a model.
 */
@NullMarked
package dev.stemma.tree;

import org.jspecify.annotations.NullMarked;
