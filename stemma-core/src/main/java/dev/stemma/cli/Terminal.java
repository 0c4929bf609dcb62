package dev.stemma.cli;

import java.util.Locale;

/**
 * What is known of the terminal without asking it anything; the launcher passes what Java cannot
 * see.
 */
final class Terminal {
  private Terminal() {}

  /** Whether standard output is a terminal. */
  static boolean outputIsTerminal() {
    return "1".equals(System.getProperty("stemma.stdout.terminal"));
  }

  /** Whether standard error is a terminal. */
  static boolean errorIsTerminal() {
    return "1".equals(System.getProperty("stemma.stderr.terminal"));
  }

  /** Whether to use colours: on a terminal, unless NO_COLOR is set or TERM is dumb. */
  static boolean colour() {
    String terminal = System.getenv().getOrDefault("TERM", "").toLowerCase(Locale.ROOT);
    return outputIsTerminal() && System.getenv("NO_COLOR") == null && !terminal.equals("dumb");
  }

  /** Width in columns, between 40 and 200; 80 where unknown. */
  static int width() {
    try {
      return Math.clamp(Integer.parseInt(System.getProperty("stemma.columns", "80")), 40, 200);
    } catch (NumberFormatException e) {
      return 80;
    }
  }
}
