/** Measures the verdict, each analysis and the published methods on models whose tree is known. */
@NullMarked
package dev.stemma.lab.bench;

import org.jspecify.annotations.NullMarked;
