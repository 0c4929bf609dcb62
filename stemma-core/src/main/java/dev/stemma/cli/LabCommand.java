package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.lab.Lab;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stemma lab}: makes models with a known tree. */
@Command(
    name = "lab",
    description = "Makes models whose family tree is known, and measures the tool on them.",
    mixinStandardHelpOptions = true,
    subcommands = {LabCommand.Derive.class, LabBenchCommand.class})
final class LabCommand {
  /** {@code stemma lab derive}. */
  @Command(
      name = "derive",
      description = "Writes a descendant of a model, with its lineage.json.",
      footer = {
        "",
        "HOW is one or more of these, applied in order, separated by commas:",
        "  dus:K  prune-depth:N or :0,1,3,5  prune-width:HIDDENxINTERMEDIATE  upcycle:EXPERTS",
        "  lora:RANK  noise:SHARE  quantise:int8|q8_0|q4_0|fp8  merge:OTHER@T  slerp:OTHER@T",
        "  task:OTHER@BASE@SCALE  ties:OTHER@BASE@DENSITY  permute  rotate  rescale",
        "  extend-vocabulary:N  reduce-vocabulary:N  prune-experts:N  replace-embeddings:N",
        "  transplant-layers:DONOR@2,3  reinit  rename",
        "",
        "Examples:",
        "  stemma lab derive ./base --how lora:8,permute --seed 7 -o ./suspect",
        "  stemma lab derive ./base --how dus:8 -o ./upscaled",
        "  stemma lab derive ./base --how quantise:q4_0 --as gguf -o ./quantised"
      })
  static final class Derive implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BASE", description = "The model to derive from.")
    String base = "";

    @Option(
        names = "--how",
        required = true,
        paramLabel = "HOW",
        description = "What to do to it (see below).")
    String how = "";

    @Option(
        names = "--seed",
        paramLabel = "N",
        description = "Seed of all random choices (default: ${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(
        names = {"-o", "--output"},
        required = true,
        paramLabel = "DIR",
        description = "The new folder.")
    Path output = Path.of("");

    @Option(
        names = "--as",
        paramLabel = "FORMAT",
        description =
            "${COMPLETION-CANDIDATES}: how to write it (default: ${DEFAULT-VALUE}). GGUF stores"
                + " quantise:q8_0 and q4_0 in blocks.")
    Lab.Format format = Lab.Format.SAFETENSORS;

    @Mixin CommonOptions common = new CommonOptions();

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      try (Investigation investigation = common.investigation()) {
        new Lab(investigation::open, investigation.tensors(), common.progress())
            .derive(base, how, seed, output, companions(), format);
      } catch (FileAlreadyExistsException e) {
        throw new ArtifactException(
            ErrorCode.CANNOT_WRITE,
            output.toString(),
            "",
            "a folder that does not exist yet",
            "one that does",
            "Choose another name or remove it first.",
            e);
      }
      if (common.json) {
        spec.commandLine()
            .getOut()
            .println(Files.readString(output.resolve("lineage.json")).strip());
      } else {
        spec.commandLine().getOut().println("wrote " + output);
      }
      return Main.OK;
    }

    private List<Path> companions() {
      // A base that is no path (maven:...) has no folder to copy from.
      return base.contains(":") ? List.of() : Lab.tokenizerFiles(Path.of(base));
    }
  }
}
