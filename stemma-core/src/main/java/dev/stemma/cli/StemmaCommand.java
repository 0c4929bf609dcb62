package dev.stemma.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code stemma} command: the list of subcommands, and nothing else. */
@Command(
    name = "stemma",
    description =
        "Tells where a language model came from: component by component, with statistics that"
            + " hold.",
    mixinStandardHelpOptions = true,
    versionProvider = StemmaCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "A MODEL is a folder or file, hf:org/name[@revision], https://... (a file or folder),",
      "s3://bucket/prefix, ollama:name, maven:group:artifact:version or npm:name@version.",
      "First steps:",
      "  stemma demo",
      "  stemma compare MODEL_A MODEL_B --report report.html",
      "Exit codes: 0 done; 1 --expect not met; 2 bad usage or input; 3 an analysis failed; 70 our"
          + " defect."
    })
public final class StemmaCommand {
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("compare", CompareCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("verify", VerifyCommand.class);
    COMMANDS.put("weights", WeightsCommand.class);
    COMMANDS.put("tokenizer", TokenizerCommand.class);
    COMMANDS.put("fingerprint", FingerprintCommand.class);
    COMMANDS.put("catalogue", CatalogueCommand.class);
    COMMANDS.put("tree", TreeCommand.class);
    COMMANDS.put("trainlog", TrainlogCommand.class);
    COMMANDS.put("compute", ComputeCommand.class);
    COMMANDS.put("behave", BehaveCommand.class);
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("notebook", NotebookCommand.class);
    COMMANDS.put("lab", LabCommand.class);
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("mcp", McpCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("help", CommandLine.HelpCommand.class);
  }

  /** The command line with every command, for help and for names that it does not know. */
  public static CommandLine complete() {
    CommandLine root = new CommandLine(new StemmaCommand());
    COMMANDS.forEach(root::addSubcommand);
    return root;
  }

  /**
   * The command line that these arguments need: where the first names a command, that one alone,
   * for setting up all of them takes a fifth of a second.
   */
  static CommandLine commandLine(String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    if (first.equals("--version")) {
      return new CommandLine(new StemmaCommand());
    }
    Class<?> named = first.equals("help") ? null : COMMANDS.get(first);
    return named == null
        ? complete()
        : new CommandLine(new StemmaCommand()).addSubcommand(first, named);
  }

  /** The version that {@code --version} prints and reports carry. */
  public static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"stemma " + dev.stemma.report.ToolVersion.VERSION};
    }
  }
}
