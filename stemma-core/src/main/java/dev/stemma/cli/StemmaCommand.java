package dev.stemma.cli;

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
    subcommands = {
      InspectCommand.class,
      WeightsCommand.class,
      TokenizerCommand.class,
      FingerprintCommand.class,
      CompareCommand.class,
      DemoCommand.class,
      RunCommand.class,
      LabCommand.class,
      TrainlogCommand.class,
      ComputeCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "A MODEL is a folder or file, maven:group:artifact:version, npm:name@version, ...",
      "First steps:",
      "  stemma demo",
      "  stemma compare MODEL_A MODEL_B --report report.html",
      "Exit codes: 0 done; 1 --expect not met; 2 bad usage or input; 3 an analysis failed; 70 our"
          + " defect."
    })
public final class StemmaCommand {
  /** The version that {@code --version} prints and reports carry. */
  public static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"stemma " + dev.stemma.report.ToolVersion.VERSION};
    }
  }
}
