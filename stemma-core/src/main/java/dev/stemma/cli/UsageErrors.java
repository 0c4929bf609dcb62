package dev.stemma.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A wrong command line, said in a few lines: what is wrong, what was perhaps meant, where to look.
 */
final class UsageErrors {
  private UsageErrors() {}

  static int print(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter error = command.getErr();
    if (arguments.length == 0) {
      command.usage(error);
      return Main.BAD_INPUT;
    }
    error.println("stemma: " + what(problem));
    if (problem instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        error.println("Did you mean " + String.join(" or ", near) + "?");
      }
    }
    String name = command.getCommandSpec().qualifiedName();
    error.println("See " + name + " --help.");
    return Main.BAD_INPUT;
  }

  private static String what(ParameterException problem) {
    if (problem instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String first = unmatched.getUnmatched().getFirst();
      boolean commands = !problem.getCommandLine().getSubcommands().isEmpty();
      if (first.startsWith("-")) {
        return "no option '" + first + "'";
      }
      return commands ? "no command '" + first + "'" : "one argument too many: '" + first + "'";
    }
    return String.valueOf(problem.getMessage());
  }
}
