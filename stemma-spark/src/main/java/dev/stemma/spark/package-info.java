/**
 * Runs an analysis's work units on a Spark cluster. A module of its own, because Spark brings some
 * 170 jars that nothing else needs.
 */
@NullMarked
package dev.stemma.spark;

import org.jspecify.annotations.NullMarked;
