package dev.stemma.analysis.training.reading;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Walks the fields of one protobuf message; every length is checked against what is left. */
final class ProtoFields {
  private final ByteBuffer bytes;
  private int field;
  private int wireType;

  /** The message is not what the wire format allows. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  ProtoFields(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Moves to the next field; false at the end. */
  boolean next() throws Malformed {
    if (!bytes.hasRemaining()) {
      return false;
    }
    long key = varint();
    field = (int) (key >>> 3);
    wireType = (int) (key & 7);
    if (field <= 0) {
      throw new Malformed("field number " + field);
    }
    return true;
  }

  /** The field's number. */
  int field() {
    return field;
  }

  /** Whether the field has this wire type: 0 varint, 1 eight bytes, 2 with length, 5 four bytes. */
  boolean is(int type) {
    return wireType == type;
  }

  /** A varint. */
  long varint() throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("a number of more than ten bytes");
  }

  /** Eight bytes as a double. */
  double fixed64() throws Malformed {
    need(8);
    return bytes.getDouble();
  }

  /** Four bytes as a float. */
  float fixed32() throws Malformed {
    need(4);
    return bytes.getFloat();
  }

  /** The bytes of a field with length. */
  ByteBuffer slice() throws Malformed {
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw new Malformed("a length of " + length + " with " + bytes.remaining() + " bytes left");
    }
    ByteBuffer slice = bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + (int) length);
    return slice;
  }

  /** A field with length, as text. */
  String text() throws Malformed {
    return StandardCharsets.UTF_8.decode(slice()).toString();
  }

  /** Passes over the field. */
  void skip() throws Malformed {
    switch (wireType) {
      case 0 -> varint();
      case 1 -> fixed64();
      case 2 -> slice();
      case 5 -> fixed32();
      default -> throw new Malformed("wire type " + wireType);
    }
  }

  private void need(int count) throws Malformed {
    if (bytes.remaining() < count) {
      throw new Malformed("an end in the middle of a number");
    }
  }
}
