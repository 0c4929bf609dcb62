package dev.stemma.catalogue;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Fingerprint.Layer;
import dev.stemma.catalogue.Fingerprint.Root;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fingerprints as bytes, version 1, little-endian. Every count is bounded before it is used. */
public final class FingerprintFormat {
  /** No fingerprint is longer. */
  public static final int MAXIMUM_BYTES = 16 << 10;

  private static final int MAGIC = 0x50465453; // STFP
  private static final byte VERSION = 1;
  private static final double UNIT = 1e-3;

  private FingerprintFormat() {}

  /** The bytes. */
  public static byte[] encode(Fingerprint fingerprint) {
    ByteBuffer out = ByteBuffer.allocate(MAXIMUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).put(VERSION);
    ModelShape shape = fingerprint.shape();
    byte[] family = shape.family().getBytes(StandardCharsets.US_ASCII);
    out.put((byte) family.length).put(family);
    out.putInt(shape.hidden()).putInt(shape.layers()).putInt(shape.neurons());
    out.putInt(shape.vocabulary()).putLong(shape.parameters());
    TokenizerSketch tokenizer = fingerprint.tokenizer();
    out.putInt(tokenizer.size());
    longs(out, tokenizer.tokens());
    longs(out, tokenizer.ranks());
    root(out, fingerprint.outside());
    out.putShort((short) fingerprint.layers().size());
    for (Layer layer : fingerprint.layers()) {
      root(out, layer.root());
      for (short value : layer.profile()) {
        out.putShort(value);
      }
    }
    for (float value : fingerprint.sketch()) {
      out.putFloat(value);
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void longs(ByteBuffer out, long[] values) {
    out.put((byte) values.length);
    for (long value : values) {
      out.putLong(value);
    }
  }

  private static void root(ByteBuffer out, Root root) {
    out.putLong(root.a()).putLong(root.b()).putLong(root.c()).putLong(root.d());
  }

  /**
   * The fingerprint of bytes.
   *
   * @param place named in an error
   * @throws ArtifactException if they are none
   */
  public static Fingerprint decode(byte[] bytes, String file, String place) {
    if (bytes.length > MAXIMUM_BYTES) {
      throw wrong(file, place, "at most " + MAXIMUM_BYTES + " bytes", bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      int magic = in.getInt();
      byte version = in.get();
      if (magic != MAGIC) {
        throw wrong(file, place, "a fingerprint", "other bytes");
      }
      if (version != VERSION) {
        throw new ArtifactException(
            ErrorCode.UNSUPPORTED_VERSION,
            file,
            place,
            "fingerprint version " + VERSION,
            "version " + version,
            "Make the fingerprint with this version of stemma.");
      }
      Fingerprint fingerprint = body(in, file, place);
      if (in.hasRemaining()) {
        throw wrong(file, place, "the end", in.remaining() + " more bytes");
      }
      return fingerprint;
    } catch (BufferUnderflowException e) {
      throw wrong(file, place, "a whole fingerprint", "the end after " + bytes.length + " bytes");
    }
  }

  private static Fingerprint body(ByteBuffer in, String file, String place) {
    byte[] family = new byte[bounded(in.get(), ModelShape.LONGEST_FAMILY, file, place, "family")];
    in.get(family);
    for (byte letter : family) {
      if (letter < ' ' || letter > '~') {
        throw wrong(file, place + ", family", "printable ASCII", "byte " + letter);
      }
    }
    ModelShape shape =
        new ModelShape(
            new String(family, StandardCharsets.US_ASCII),
            positive(in.getInt(), file, place),
            positive(in.getInt(), file, place),
            positive(in.getInt(), file, place),
            positive(in.getInt(), file, place),
            in.getLong());
    if (shape.parameters() < 0) {
      throw wrong(file, place + ", parameters", "a count", String.valueOf(shape.parameters()));
    }
    TokenizerSketch tokenizer =
        new TokenizerSketch(
            positive(in.getInt(), file, place), longs(in, file, place), longs(in, file, place));
    Root outside = root(in);
    int count = bounded(in.getShort(), Fingerprint.MOST_LAYERS, file, place, "layers");
    List<Layer> layers = new ArrayList<>(count);
    for (int layer = 0; layer < count; layer++) {
      Root root = root(in);
      short[] profile = new short[Layer.PROFILE];
      for (int i = 0; i < profile.length; i++) {
        profile[i] = in.getShort();
      }
      layers.add(new Layer(root, profile));
    }
    return new Fingerprint(shape, tokenizer, layers, outside, sketch(in, file, place));
  }

  private static float[] sketch(ByteBuffer in, String file, String place) {
    float[] sketch = new float[Fingerprint.LENGTH];
    double squares = 0;
    for (int i = 0; i < sketch.length; i++) {
      sketch[i] = in.getFloat();
      squares += (double) sketch[i] * sketch[i];
    }
    // A longer vector would be everybody's neighbour.
    if (!(Math.abs(squares - 1) < UNIT) && squares != 0) {
      throw wrong(file, place + ", sketch", "unit length", "length " + Math.sqrt(squares));
    }
    return sketch;
  }

  private static long[] longs(ByteBuffer in, String file, String place) {
    long[] values = new long[bounded(in.get(), TokenizerSketch.KEPT, file, place, "hashes")];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getLong();
      if (i > 0 && Long.compareUnsigned(values[i - 1], values[i]) >= 0) {
        throw wrong(file, place + ", hashes", "ascending order", "hash " + i + " out of order");
      }
    }
    return values;
  }

  private static Root root(ByteBuffer in) {
    return new Root(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  private static int bounded(int found, int most, String file, String place, String what) {
    if (found < 0 || found > most) {
      throw wrong(file, place + ", " + what, "0 to " + most, String.valueOf(found));
    }
    return found;
  }

  private static int positive(int found, String file, String place) {
    return bounded(found, Integer.MAX_VALUE, file, place, "a size");
  }

  private static ArtifactException wrong(String file, String place, String expected, String found) {
    return new ArtifactException(
        ErrorCode.MALFORMED_HEADER,
        file,
        place,
        expected,
        found,
        "The fingerprint is damaged or forged: make it anew from the model.");
  }
}
