package dev.stemma.mcp;

import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.util.List;

/** Runs commands of the command line, which is outside of this package. */
@FunctionalInterface
public interface Commands {
  /**
   * Runs one.
   *
   * @param sources all that it may read
   */
  Answer run(Sources sources, Progress progress, List<String> arguments);

  /**
   * What it said.
   *
   * @param out on standard output
   * @param error on standard error
   */
  record Answer(int exitCode, String out, String error) {}
}
