package dev.stemma.format;

import dev.stemma.artifact.Config;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** GGUF, seen under Hugging Face's names and in its row order. */
public final class GgufFormat implements Format {
  @Override
  public String id() {
    return "gguf";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return file.name().toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    GgufHeader header = GgufHeader.read(file, bytes);
    GgufDialect dialect = new GgufDialect(file, header);
    return new Contents(
        dialect.tensors(), Optional.of(new Config(dialect.config())), Optional.empty(), List.of());
  }
}
