package dev.stemma.format;

import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;

/** {@code .bin} says little: PyTorch's zip archives and llama2.c's checkpoints, by their bytes. */
public final class BinFormat implements Format {
  private final Format pyTorch = new PyTorchFormat();
  private final Format llama2c = new Llama2cFormat();

  @Override
  public String id() {
    return "bin";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return pyTorch.recognises(file) || llama2c.recognises(file);
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    boolean python =
        !llama2c.recognises(file)
            || PyTorchFormat.isZip(file, bytes)
            || LegacyPickle.recognises(file, bytes);
    return (python ? pyTorch : llama2c).read(file, siblings, bytes);
  }
}
