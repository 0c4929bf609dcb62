package dev.stemma.analysis.representation;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextCodecs;
import dev.stemma.runtime.TextReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one model makes of some texts, to be compared with what another makes of them. */
public final class TextStates {
  private TextStates() {}

  /**
   * Mean hidden states by layer (the embedding first), one row a text; nothing where the model
   * cannot be run, has no tokenizer, or finds no token in one of the texts.
   */
  public static Optional<List<Matrix>> of(
      CanonicalModel model, TensorReader tensors, List<String> texts) {
    Optional<Tokenizer> tokenizer = model.model().tokenizer();
    if (tokenizer.isEmpty()) {
      return Optional.empty();
    }
    try {
      TextCodec codec = TextCodecs.of(tokenizer.get());
      TextReader reader = PortableModel.of(model).open(tensors);
      List<List<float[]>> means = new ArrayList<>();
      for (String text : texts) {
        int[] ids = Preparation.ids(codec, text);
        if (ids.length == 0) {
          return Optional.empty();
        }
        means.add(SameTexts.means(reader.read(SameTexts.cut(ids, reader))));
      }
      return Optional.of(SameTexts.joined(List.of(SameTexts.byLayer(means))));
    } catch (ArtifactException
        | UnsupportedOperationException
        | IllegalArgumentException
        | IOException e) {
      return Optional.empty();
    }
  }
}
