package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.artifact.TensorView.Stored;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every view against the same values computed by its definition, in pieces of awkward sizes. */
class TensorReaderTest {
  @TempDir Path folder;
  private final LocalBytes bytes = new LocalBytes();
  private final TensorReader reader = new TensorReader(bytes);
  private final Random random = new Random(5);
  private int files;

  @AfterEach
  void close() {
    bytes.close();
  }

  @Test
  void everyPlainTypeIsExact() throws IOException {
    check(
        ElementType.F32,
        buffer(12).putFloat(1.5f).putFloat(-0f).putFloat(Float.MIN_VALUE),
        1.5f,
        -0f,
        Float.MIN_VALUE);
    check(ElementType.F64, buffer(16).putDouble(0.1).putDouble(-3), 0.1f, -3);
    check(ElementType.F16, shorts(0x3c00, 0xc000, 1, 0x7bff), 1, -2, 0x1p-24f, 65504);
    check(ElementType.BF16, shorts(0x3f80, 0xbf81), 1, -1.0078125f);
    check(
        ElementType.F8_E4M3,
        octets(0x38, 0x7e, 0x01, 0x80, 0x08, 0xb9, 0x7f),
        1,
        448,
        0x1p-9f,
        -0f,
        0x1p-6f,
        -1.125f,
        Float.NaN);
    check(
        ElementType.F8_E5M2,
        octets(0x3c, 0x7b, 0x01, 0x7c, 0xbd),
        1,
        57344,
        0x1p-16f,
        Float.POSITIVE_INFINITY,
        -1.25f);
    check(ElementType.F8_E8M0, octets(127, 0, 254, 255), 1, 0x1p-127f, 0x1p127f, Float.NaN);
    check(ElementType.I64, buffer(16).putLong(-5).putLong(1L << 40), -5, 0x1p40f);
    check(ElementType.U64, buffer(16).putLong(-1).putLong(7), 0x1p64f, 7);
    check(ElementType.I32, buffer(8).putInt(-5).putInt(1 << 30), -5, 0x1p30f);
    check(ElementType.U32, buffer(8).putInt(-1).putInt(3), 0x1p32f, 3);
    check(ElementType.I16, shorts(-7, 0x7fff), -7, 32767);
    check(ElementType.U16, shorts(-1, 2), 65535, 2);
    check(ElementType.I8, octets(-128, 127), -128, 127);
    check(ElementType.U8, octets(255, 1), 255, 1);
    check(ElementType.BOOL, octets(0, 1, 2), 0, 1, 1);
    check(ElementType.I4, octets(0x8f, 0x70), -1, -8, 0, 7);
    check(ElementType.U4, octets(0x8f, 0x70), 15, 8, 0, 7);
    check(ElementType.F4, octets(0x71, 0xf2), 0.5f, 6, 1, -6);
  }

  @Test
  void viewsSelectElements() throws IOException {
    Stored matrix = floats(7, 6);
    float[] all = reader.readAll(matrix);
    expect(new TensorView.Transposed(matrix), i -> all[i % 7 * 6 + i / 7]);
    expect(new TensorView.Rows(matrix, 2, 3), i -> all[12 + i]);
    expect(new TensorView.Reshaped(matrix, Shape.of(3, 14)), i -> all[i]);
    expect(TensorView.columns(matrix, 1, 4), i -> all[i / 4 * 6 + 1 + i % 4]);
    expect(
        new TensorView.Strided(matrix, 1, List.of(12L, 2L), Shape.of(3, 3)),
        i -> all[1 + i / 3 * 12 + i % 3 * 2]);
    expect(new TensorView.Strided(matrix, 3, List.of(), Shape.of()), i -> all[3]);
    expect(
        new TensorView.Transposed(new TensorView.Rows(new TensorView.Transposed(matrix), 1, 4)),
        i -> all[i / 4 * 6 + 1 + i % 4]);
    Stored rows = stored(ElementType.I64, buffer(24).putLong(6).putLong(0).putLong(6), 3);
    expect(new TensorView.Gathered(matrix, rows), i -> all[(i / 6 == 1 ? 0 : 6) * 6 + i % 6]);
    expect(new TensorView.Strided(floats(3, 300), 0, List.of(300L, 100L), Shape.of(3, 3)), null);
  }

  @Test
  void rotaryHalvesUndoesInterleaving() throws IOException {
    Stored weight = floats(8, 3);
    float[] all = reader.readAll(weight);
    // Two heads of four rows: rows 0 1 2 3 are pairs (0,1), (2,3); halves are 0 2 1 3.
    int[] from = {0, 2, 1, 3, 4, 6, 5, 7};
    expect(TensorView.rotaryHalves(weight, 2), i -> all[from[i / 3] * 3 + i % 3]);
    Stored bias = floats(8);
    float[] biases = reader.readAll(bias);
    expect(TensorView.rotaryHalves(bias, 2), i -> biases[from[i]]);
  }

  @Test
  void dequantisedUsesItsGrid() throws IOException {
    Stored values = stored(ElementType.I8, octets(random.ints(35, -128, 128).toArray()), 5, 7);
    Stored scales = floats(3, 3);
    Stored zeros = stored(ElementType.U8, octets(random.ints(9, 0, 256).toArray()), 3, 3);
    float[] v = reader.readAll(values);
    float[] s = reader.readAll(scales);
    float[] z = reader.readAll(zeros);
    expect(
        new TensorView.Dequantised(values, scales, zeros, 2, 3),
        i -> {
          int grid = i / 7 / 2 * 3 + i % 7 / 3;
          return (v[i] - z[grid]) * s[grid];
        });
    Stored one = floats(1);
    float scale = reader.readAll(one)[0];
    expect(
        new TensorView.Dequantised(values, one, null, Long.MAX_VALUE, Long.MAX_VALUE),
        i -> v[i] * scale);
  }

  @Test
  void unpackedPicksBits() throws IOException {
    int[] words = random.ints(12).toArray();
    ByteBuffer data = buffer(48);
    for (int word : words) {
      data.putInt(word);
    }
    Stored packed = stored(ElementType.I32, data, 3, 4);
    List<Integer> plain = List.of(0, 1, 2, 3, 4, 5, 6, 7);
    expect(
        new TensorView.Unpacked(packed, 4, true, plain, 0, Shape.of(24, 4)),
        i -> (words[i / 4 / 8 * 4 + i % 4] >>> (i / 4 % 8 * 4)) & 15);
    List<Integer> awq = List.of(0, 4, 1, 5, 2, 6, 3, 7);
    expect(
        new TensorView.Unpacked(packed, 4, false, awq, 1, Shape.of(3, 32)),
        i -> ((words[i / 32 * 4 + i % 32 / 8] >>> (awq.get(i % 8) * 4)) + 1) & 15);
  }

  @Test
  void lowRankSumAddsTheProduct() throws IOException {
    Stored base = floats(4, 5);
    Stored a = floats(2, 5);
    Stored b = floats(4, 2);
    float[] x = reader.readAll(base);
    float[] p = reader.readAll(a);
    float[] q = reader.readAll(b);
    expect(
        new TensorView.LowRankSum(base, a, b, 0.5),
        i -> {
          double sum = 0;
          for (int k = 0; k < 2; k++) {
            sum += (double) q[i / 5 * 2 + k] * p[k * 5 + i % 5];
          }
          return (float) (x[i] + 0.5 * sum);
        });
  }

  private interface Definition {
    float at(int element);
  }

  /** Reads the whole, then every possible piece, and compares with the definition. */
  private void expect(TensorView view, @org.jspecify.annotations.Nullable Definition definition) {
    float[] whole = reader.readAll(view);
    if (definition != null) {
      for (int i = 0; i < whole.length; i++) {
        assertThat((Float) whole[i])
            .as("%s element %d", view.getClass(), i)
            .isEqualTo((Float) definition.at(i));
      }
    }
    for (int first = 0; first < whole.length; first++) {
      for (int count = 1; count <= whole.length - first; count++) {
        float[] piece = new float[count + 1];
        reader.read(view, first, count, piece, 1);
        for (int i = 0; i < count; i++) {
          assertThat((Float) piece[i + 1]).isEqualTo((Float) whole[first + i]);
        }
      }
    }
  }

  private void check(ElementType type, ByteBuffer data, float... expected) throws IOException {
    Stored stored = stored(type, data, expected.length);
    assertThat(reader.readAll(stored)).as(type.name()).isEqualTo(expected);
    expect(stored, i -> expected[i]);
  }

  private Stored floats(long... dimensions) throws IOException {
    Shape shape = Shape.of(dimensions);
    ByteBuffer data = buffer((int) shape.elements() * 4);
    while (data.hasRemaining()) {
      data.putFloat((float) random.nextGaussian());
    }
    return stored(ElementType.F32, data, dimensions);
  }

  private Stored stored(ElementType type, ByteBuffer data, long... dimensions) throws IOException {
    Path file = folder.resolve("t" + files++);
    // An odd offset: nothing is aligned in a real file.
    byte[] all = new byte[data.capacity() + 3];
    data.duplicate().clear().get(all, 3, data.capacity());
    Files.write(file, all);
    SourceFile source = new SourceFile("t", file.toUri(), 3, data.capacity());
    return new Stored(source.bytes(), type, Shape.of(dimensions));
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer shorts(int... values) {
    ByteBuffer data = buffer(values.length * 2);
    for (int value : values) {
      data.putShort((short) value);
    }
    return data;
  }

  private static ByteBuffer octets(int... values) {
    ByteBuffer data = buffer(values.length);
    for (int value : values) {
      data.put((byte) value);
    }
    return data;
  }
}
