/** The command line: parses, calls {@code Investigation}, prints. Nothing depends on it. */
@NullMarked
package dev.stemma.cli;

import org.jspecify.annotations.NullMarked;
