package dev.stemma.testing;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.nio.file.Path;

/** A model on disk with its tensors' roles and the reader of its numbers. */
public record OpenModel(LocalBytes bytes, CanonicalModel model, TensorReader reader)
    implements AutoCloseable {
  /** Opens a folder or file. */
  public static OpenModel at(Path place) throws IOException {
    LocalBytes bytes = new LocalBytes();
    CanonicalModel model =
        Families.canonicalise(
            new ModelReader()
                .read(Sources.standard().resolve(place.toString(), Progress.NONE), bytes));
    return new OpenModel(bytes, model, new TensorReader(bytes));
  }

  @Override
  public void close() {
    bytes.close();
  }
}
