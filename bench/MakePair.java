import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes a pair of llama-shaped bfloat16 checkpoints for benchmarks: random weights, and the same
 * with relative noise of 2%. Usage: java MakePair.java FOLDER (2.2 GB each in FOLDER/a, FOLDER/b); with HIDDEN,
 * KEY_VALUE, INTERMEDIATE, LAYERS, VOCABULARY after it these sizes, and FOLDER/c from another seed besides.
 */
class MakePair {
  static int HIDDEN = 2048, KEY_VALUE = 256, INTERMEDIATE = 5632, LAYERS = 23, VOCABULARY = 32000;

  record Entry(String name, long[] shape, long offset) {
    long elements() {
      long product = 1;
      for (long dimension : shape) product *= dimension;
      return product;
    }
  }

  static final List<Entry> ENTRIES = new ArrayList<>();
  static long size;

  static void add(String name, long... shape) {
    Entry entry = new Entry(name, shape, size);
    ENTRIES.add(entry);
    size += 2 * entry.elements();
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    boolean sized = arguments.length == 6;
    if (sized) {
      HIDDEN = Integer.parseInt(arguments[1]);
      KEY_VALUE = Integer.parseInt(arguments[2]);
      INTERMEDIATE = Integer.parseInt(arguments[3]);
      LAYERS = Integer.parseInt(arguments[4]);
      VOCABULARY = Integer.parseInt(arguments[5]);
    }
    add("model.embed_tokens.weight", VOCABULARY, HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "model.layers." + layer + ".";
      add(at + "input_layernorm.weight", HIDDEN);
      add(at + "mlp.down_proj.weight", HIDDEN, INTERMEDIATE);
      add(at + "mlp.gate_proj.weight", INTERMEDIATE, HIDDEN);
      add(at + "mlp.up_proj.weight", INTERMEDIATE, HIDDEN);
      add(at + "post_attention_layernorm.weight", HIDDEN);
      add(at + "self_attn.k_proj.weight", KEY_VALUE, HIDDEN);
      add(at + "self_attn.o_proj.weight", HIDDEN, HIDDEN);
      add(at + "self_attn.q_proj.weight", HIDDEN, HIDDEN);
      add(at + "self_attn.v_proj.weight", KEY_VALUE, HIDDEN);
    }
    add("model.norm.weight", HIDDEN);
    add("lm_head.weight", VOCABULARY, HIDDEN);
    write(folder.resolve("a"), 0, 0);
    write(folder.resolve("b"), 0.02f, 0);
    if (sized) write(folder.resolve("c"), 0, 0xC0FFEEL << 32);
  }

  static void write(Path folder, float noise, long seed) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), """
        {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":%d,"intermediate_size":%d,
         "num_hidden_layers":%d,"num_attention_heads":32,"num_key_value_heads":%d,"vocab_size":%d,
         "max_position_embeddings":2048,"rms_norm_eps":1e-05,"rope_theta":10000.0,"hidden_act":"silu",
         "tie_word_embeddings":false,"torch_dtype":"bfloat16"}
        """.formatted(HIDDEN, INTERMEDIATE, LAYERS, KEY_VALUE * 32 / HIDDEN, VOCABULARY));
    StringBuilder header = new StringBuilder("{");
    for (Entry entry : ENTRIES) {
      header.append(header.length() > 1 ? "," : "").append('"').append(entry.name()).append("\":{\"dtype\":\"BF16\",\"shape\":")
          .append(java.util.Arrays.toString(entry.shape()).replace(" ", "")).append(",\"data_offsets\":[")
          .append(entry.offset()).append(',').append(entry.offset() + 2 * entry.elements()).append("]}");
    }
    header.append('}');
    while (header.length() % 64 != 56) header.append(' ');
    byte[] bytes = header.toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel file = FileChannel.open(folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared()) {
      MemorySegment all = file.map(FileChannel.MapMode.READ_WRITE, 0, 8 + bytes.length + size, arena);
      all.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
      MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, 8, bytes.length);
      IntStream.range(0, ENTRIES.size()).parallel().forEach(i -> fill(all, 8 + bytes.length, i, noise, seed));
    }
  }

  /** Sums of four uniform numbers are normal enough here; the same seed gives both files' common part. */
  static void fill(MemorySegment all, long start, int number, float noise, long seed) {
    Entry entry = ENTRIES.get(number);
    SplittableRandom random = new SplittableRandom(seed + number);
    SplittableRandom noises = new SplittableRandom(1_000_000L + number);
    boolean norm = entry.shape().length == 1;
    long at = start + entry.offset();
    for (long i = 0; i < entry.elements(); i++, at += 2) {
      float value = bell(random.nextLong());
      value = norm ? 1 + 0.1f * value : 0.02f * value;
      if (noise > 0) value += (norm ? 0.1f : 0.02f) * noise * bell(noises.nextLong());
      int bits = Float.floatToRawIntBits(value);
      all.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at,
          (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16));
    }
  }

  static float bell(long bits) {
    int sum = (int) (bits & 0xFFFF) + (int) (bits >>> 16 & 0xFFFF) + (int) (bits >>> 32 & 0xFFFF) + (int) (bits >>> 48);
    return (sum - 131070) / 37837f;
  }
}
