package dev.stemma.mcp;

import dev.stemma.GuestVisit;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * One tool: what an agent sees of it, and the command that it is.
 *
 * @param input JSON schema of its arguments
 * @param output JSON schema of its result
 * @param readOnly whether it changes nothing
 */
record Tool(
    String name,
    String title,
    String description,
    Map<String, Object> input,
    Map<String, Object> output,
    boolean readOnly,
    Command command,
    Telling telling) {
  /** From arguments to a command line. */
  @FunctionalInterface
  interface Command {
    List<String> of(Arguments arguments, GuestVisit visit);
  }

  /** A few sentences for people about a result, which is beside them in full. */
  @FunctionalInterface
  interface Telling {
    String of(ObjectNode result);
  }
}
