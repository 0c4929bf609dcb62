package dev.stemma.format;

import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** ONNX: the initializers of the main graph, under the names that their modules had. */
public final class OnnxFormat implements Format {
  @Override
  public String id() {
    return "onnx";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return file.name().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    OnnxGraph graph = OnnxGraph.read(file, siblings, bytes);
    List<HeaderChecks.Claim> claims = new ArrayList<>();
    graph
        .initializers()
        .forEach((name, view) -> {
          if (view instanceof TensorView.Stored stored) {
            claims.add(new HeaderChecks.Claim(name, stored.bytes()));
          }
        });
    HeaderChecks.noOverlap(file, claims);
    List<Tensor> tensors = new OnnxWeights(file, graph).tensors();
    long scaled = tensors.stream().filter(tensor -> isDequantised(tensor.view())).count();
    List<String> notes = new ArrayList<>();
    if (scaled > 0) {
      notes.add(file.name() + ": " + scaled + " weights are integers seen through their scales");
    }
    if (graph.stringTensors() > 0) {
      notes.add(file.name() + ": " + graph.stringTensors() + " initializers of text left out");
    }
    return new Contents(tensors, OnnxHeads.config(graph), Optional.empty(), notes);
  }

  private static boolean isDequantised(TensorView view) {
    return view instanceof TensorView.Dequantised
        || (view instanceof TensorView.Transposed transposed && isDequantised(transposed.of()));
  }
}
