package dev.stemma.format;

import dev.stemma.artifact.Config;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;

/** {@code config.json} (or an adapter's), kept as it is. */
public final class ConfigFormat implements Format {
  private static final long MAXIMUM_BYTES = 16_000_000;

  private final String name;

  ConfigFormat(String name) {
    this.name = name;
  }

  @Override
  public String id() {
    return name;
  }

  @Override
  public boolean recognises(SourceFile file) {
    return fileName(file).equals(name);
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    return Contents.ofConfig(new Config(BoundedJson.object(file, bytes, MAXIMUM_BYTES)));
  }

  /** The last part of a file's name. */
  static String fileName(SourceFile file) {
    return file.name().substring(file.name().lastIndexOf('/') + 1);
  }
}
