package dev.stemma.format;

import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * {@code *.safetensors.index.json} and {@code *.bin.index.json}: which shard holds which tensor.
 */
public final class IndexFormat implements Format {
  private final String shards;
  private final BiFunction<SourceFile, ByteSource, List<Tensor>> reader;

  private IndexFormat(String shards, BiFunction<SourceFile, ByteSource, List<Tensor>> reader) {
    this.shards = shards;
    this.reader = reader;
  }

  /** An index of safetensors files. */
  public static Format ofSafetensors() {
    return new IndexFormat("safetensors", SafetensorsFormat::tensors);
  }

  /** An index of PyTorch files. */
  public static Format ofPyTorch() {
    return new IndexFormat("bin", PyTorchFormat::tensors);
  }

  @Override
  public String id() {
    return shards + "-index";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return file.name().toLowerCase(Locale.ROOT).endsWith("." + shards + ".index.json");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    Map<String, String> shardOf = ShardIndex.read(file, bytes);
    List<Tensor> tensors = new ArrayList<>();
    for (String shard : new TreeSet<>(shardOf.values())) {
      tensors.addAll(reader.apply(ShardIndex.shard(file, shard, siblings), bytes));
    }
    return Contents.ofTensors(ShardIndex.chosen(file, shardOf, tensors));
  }
}
