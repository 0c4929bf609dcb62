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

/** {@code *.safetensors.index.json}: which shard holds which tensor. */
public final class SafetensorsIndexFormat implements Format {
  @Override
  public String id() {
    return "safetensors-index";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return file.name().toLowerCase(Locale.ROOT).endsWith(".safetensors.index.json");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    Map<String, String> shardOf = ShardIndex.read(file, bytes);
    List<Tensor> tensors = new ArrayList<>();
    for (String shard : new TreeSet<>(shardOf.values())) {
      tensors.addAll(SafetensorsFormat.tensors(ShardIndex.shard(file, shard, siblings), bytes));
    }
    return Contents.ofTensors(ShardIndex.chosen(file, shardOf, tensors));
  }
}
