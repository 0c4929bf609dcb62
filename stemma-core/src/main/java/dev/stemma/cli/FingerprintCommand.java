package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Printable;
import dev.stemma.catalogue.TensorDigests;
import dev.stemma.catalogue.TensorDigests.TensorDigest;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma fingerprint MODEL}: digests of tensors. */
@Command(
    name = "fingerprint",
    description = "Digests of a model's tensors: equal digests are equal weights.",
    footer = {
      "",
      "Values are hashed row-major, rows as output units whatever the file's layout.",
      "Examples:",
      "  stemma fingerprint ./model",
      "  stemma fingerprint model.safetensors --hash sha256 --as f32 --json"
    })
final class FingerprintCommand implements Callable<Integer> {
  /** Hash functions. */
  enum Hash {
    SHA256
  }

  @Parameters(index = "0", paramLabel = "MODEL", description = "A path or reference.")
  String model = "";

  @Option(
      names = "--hash",
      paramLabel = "sha256",
      description = "The hash function (default: sha256).")
  Hash hash = Hash.SHA256;

  @Option(
      names = "--as",
      paramLabel = "bf16|f16|f32|native",
      description =
          "The type in which values are hashed, rounded to nearest even (default: native).")
  TensorDigests.As as = TensorDigests.As.NATIVE;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (Investigation investigation = common.investigation()) {
      CanonicalModel canonical = investigation.open(model);
      List<TensorDigest> digests =
          TensorDigests.of(canonical, as, investigation.tensors(), common.progress());
      PrintWriter out = spec.commandLine().getOut();
      if (common.json) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("schema", "stemma.fingerprint/1");
        json.put("model", canonical.model().reference());
        json.put("digest", canonical.model().digest().hexadecimal());
        ObjectNode tensors = json.putObject("tensors");
        for (TensorDigest digest : digests) {
          ObjectNode tensor = tensors.putObject(digest.name());
          tensor.put("dtype", digest.type().name());
          digest.shape().dimensions().forEach(tensor.putArray("shape")::add);
          tensor.put("sha256", digest.sha256());
        }
        out.println(json);
      } else {
        for (TensorDigest digest : digests) {
          out.println(
              digest.sha256()
                  + "  "
                  + digest.type()
                  + " "
                  + digest.shape()
                  + "  "
                  + Printable.text(digest.name()));
        }
      }
    }
    return Main.OK;
  }
}
