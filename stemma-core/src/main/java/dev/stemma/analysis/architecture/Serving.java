package dev.stemma.analysis.architecture;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What it takes to serve a model. Weights and cache are exact; activation and overhead estimated.
 */
public final class Serving {
  private static final List<Integer> GPU_GIGABYTES = List.of(80, 141, 192);
  private static final double BYTES_BF16 = 2;

  /** Share of a GPU's memory that serving programs use. */
  private static final double USABLE = 0.9;

  /** Activation, graphs and fragments, as a share of the weights: an estimate. */
  private static final double OVERHEAD = 0.1;

  private static final int MAXIMUM_DEGREE = 64;

  /** GPUs of one machine, between which tensor-parallel work is fast. */
  private static final int MACHINE = 8;

  /** What a llama.cpp line asks for at most: its cache is taken at once. */
  private static final long LLAMA_CONTEXT = 32_768;

  private final Inspection inspection;

  /** For this model. */
  public Serving(Inspection inspection) {
    this.inspection = inspection;
  }

  /** The longest context that the configuration states; 4096 where it states none. */
  public long context() {
    return inspection
        .architecture()
        .values()
        .whole("max_position_embeddings")
        .filter(context -> context > 0)
        .orElse(4096L);
  }

  /** Bytes of all weights in bfloat16. */
  public double weightBytes() {
    return inspection.parameters().total() * BYTES_BF16;
  }

  /** Bytes of the cache of one sequence of the full context in bfloat16. */
  public double cacheBytes() {
    return inspection.cache().map(known -> known.bytes(context(), 1, BYTES_BF16)).orElse(0.0);
  }

  /** Activation, graphs and fragments: an estimate. */
  public double overheadBytes() {
    return weightBytes() * OVERHEAD;
  }

  /** Bytes for weights in bfloat16, one sequence of the full context, and the estimate. */
  public double bytes() {
    return weightBytes() + cacheBytes() + overheadBytes();
  }

  /** Tensor-parallel degrees that divide the heads (of keys and values too, or are divided). */
  public List<Integer> degrees() {
    List<Integer> degrees = new ArrayList<>();
    long heads = inspection.attention().map(known -> known.heads()).orElse(1L);
    long keyValueHeads = inspection.attention().map(known -> known.keyValueHeads()).orElse(1L);
    for (int degree = 1; degree <= MAXIMUM_DEGREE; degree++) {
      boolean dividesKeys =
          keyValueHeads > 0 && (keyValueHeads % degree == 0 || degree % keyValueHeads == 0);
      if (heads % degree == 0 && dividesKeys) {
        degrees.add(degree);
      }
    }
    return degrees;
  }

  /** GPUs of so many gigabytes (10^9 bytes) that are needed, before rounding to a degree. */
  public int needed(int gigabytes) {
    return needed(gigabytes, bytes());
  }

  private static int needed(int gigabytes, double bytes) {
    return (int) Math.min(1_000_000, Math.ceil(bytes / (gigabytes * 1e9 * USABLE)));
  }

  /** How GPUs work together: tensor-parallel within a stage, one stage after another. */
  public record Layout(int degree, int stages) {
    /** As in {@code 4} or {@code 8, in 3 stages}. */
    @Override
    public String toString() {
      return stages == 1 ? String.valueOf(degree) : degree + ", in " + stages + " stages";
    }
  }

  /**
   * The smallest degree that is enough, up to the GPUs of one machine; beyond that the largest
   * degree, in as many pipeline stages as it takes.
   */
  public Layout layout(int needed) {
    List<Integer> degrees = degrees().stream().filter(degree -> degree <= MACHINE).toList();
    int largest = degrees.isEmpty() ? 1 : degrees.getLast();
    return degrees.stream()
        .filter(degree -> degree >= needed)
        .findFirst()
        .map(degree -> new Layout(degree, 1))
        .orElseGet(() -> new Layout(largest, (needed + largest - 1) / largest));
  }

  /** Weights by precision. */
  public Figure.Table weights() {
    double total = inspection.parameters().total();
    return new Figure.Table(
        "Weights by precision",
        List.of("precision", "bytes a parameter", "memory"),
        List.of(
            List.of("float32", "4", Amounts.bytes(total * 4)),
            List.of("bfloat16, float16", "2", Amounts.bytes(total * 2)),
            List.of("float8, int8", "1", Amounts.bytes(total)),
            List.of("4 bits", "0.5 (without scales)", Amounts.bytes(total / 2))));
  }

  /** Key-value cache by context, sequences and precision. */
  public Figure.Table cache() {
    List<List<String>> rows = new ArrayList<>();
    inspection
        .cache()
        .ifPresent(cache -> {
          for (long tokens : contexts()) {
            rows.add(
                List.of(
                    Amounts.exact(tokens),
                    Amounts.bytes(cache.bytes(tokens, 1, BYTES_BF16)),
                    Amounts.bytes(cache.bytes(tokens, 8, BYTES_BF16)),
                    Amounts.bytes(cache.bytes(tokens, 32, BYTES_BF16)),
                    Amounts.bytes(cache.bytes(tokens, 1, 1))));
          }
        });
    return new Figure.Table(
        "Key-value cache",
        List.of("context", "1 sequence, bf16", "8, bf16", "32, bf16", "1, fp8"),
        rows);
  }

  private List<Long> contexts() {
    List<Long> contexts = new ArrayList<>();
    for (long tokens = 4096; tokens < context(); tokens *= 4) {
      contexts.add(tokens);
    }
    contexts.add(context());
    return contexts;
  }

  /** What the memory goes to. */
  public Figure.Table memory() {
    return new Figure.Table(
        "Memory in bfloat16, one sequence of " + Amounts.exact(context()) + " tokens",
        List.of("part", "memory", ""),
        List.of(
            List.of("weights", Amounts.bytes(weightBytes()), "exact"),
            List.of("key-value cache", Amounts.bytes(cacheBytes()), "exact"),
            List.of(
                "activation and overhead",
                Amounts.bytes(overheadBytes()),
                "an estimate: 10% of the weights"),
            List.of("together", Amounts.bytes(bytes()), "with that estimate")));
  }

  /** GPUs by kind. */
  public Figure.Table gpus() {
    double eightBits = weightBytes() / 2 * (1 + OVERHEAD) + cacheBytes();
    List<List<String>> rows = new ArrayList<>();
    for (int gigabytes : GPU_GIGABYTES) {
      int needed = needed(gigabytes);
      int neededEightBits = needed(gigabytes, eightBits);
      rows.add(
          List.of(
              gigabytes + " GB",
              String.valueOf(needed),
              layout(needed).toString(),
              String.valueOf(neededEightBits),
              layout(neededEightBits).toString()));
    }
    return new Figure.Table(
        "GPUs for that memory (90% of each is used)",
        List.of("GPU", "bf16", "tensor-parallel", "weights in 8 bits", "tensor-parallel"), rows);
  }

  /** Command lines for serving; none trusts remote code. */
  public List<String> commands() {
    Layout layout = layout(needed(GPU_GIGABYTES.getFirst()));
    return List.of(
        String.format(
            Locale.ROOT,
            "vllm serve MODEL --tensor-parallel-size %d%s --max-model-len %d --dtype bfloat16",
            layout.degree(),
            layout.stages() == 1 ? "" : " --pipeline-parallel-size " + layout.stages(),
            context()),
        String.format(
            Locale.ROOT,
            "llama-server -m MODEL.gguf -c %d -ngl 99",
            Math.min(context(), LLAMA_CONTEXT)));
  }
}
