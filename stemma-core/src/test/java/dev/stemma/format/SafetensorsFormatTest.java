package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

class SafetensorsFormatTest extends FormatContract {
  private static final String A =
      "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}";
  private static final String B = "\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[8,12]}";

  @Override
  Format format() {
    return new SafetensorsFormat();
  }

  @Override
  String fileName() {
    return "model.safetensors";
  }

  @Override
  byte[] valid() {
    return file("{\"__metadata__\":{\"format\":\"pt\"}," + A + "," + B + "}", 12);
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        new Attack("empty file", new byte[0], ErrorCode.TRUNCATED),
        new Attack("header length", length(Long.MAX_VALUE), ErrorCode.HEADER_TOO_LARGE),
        new Attack("negative header length", length(-1), ErrorCode.HEADER_TOO_LARGE),
        new Attack("header past the end", length(1000), ErrorCode.TRUNCATED),
        new Attack("wrong magic", file("[]", 0), ErrorCode.WRONG_MAGIC),
        new Attack("no JSON", file("{\"a\":", 0), ErrorCode.MALFORMED_JSON),
        new Attack("more after the JSON", file("{}{}", 0), ErrorCode.MALFORMED_JSON),
        new Attack("nested", file("{\"a\":" + "[".repeat(100_000), 0), ErrorCode.MALFORMED_HEADER),
        new Attack(
            "nested metadata",
            file("{\"__metadata__\":{\"a\":" + "{\"a\":".repeat(90_000), 0),
            ErrorCode.MALFORMED_HEADER),
        new Attack("huge number", shaped("1" + "0".repeat(5000)), ErrorCode.MALFORMED_JSON),
        new Attack("number above 2^63", shaped("99999999999999999999"), ErrorCode.BAD_SHAPE),
        new Attack("negative dimension", shaped("-1"), ErrorCode.BAD_SHAPE),
        new Attack(
            "product overflow", shaped("4294967296,4294967296,4294967296"), ErrorCode.BAD_SHAPE),
        new Attack("a billion entries", shaped("1000000000"), ErrorCode.SIZE_MISMATCH),
        new Attack("nine dimensions", shaped("1,1,1,1,1,1,1,1,1"), ErrorCode.BAD_SHAPE),
        new Attack("fraction", shaped("1.5"), ErrorCode.MALFORMED_HEADER),
        new Attack("same name", file("{" + A + "," + A + "}", 8), ErrorCode.DUPLICATE_NAME),
        new Attack(
            "same key",
            file("{\"a\":{\"dtype\":\"I8\",\"dtype\":\"I8\"}}", 0),
            ErrorCode.DUPLICATE_NAME),
        new Attack(
            "overlap", file("{" + A + "," + B.replace("8,12", "4,8") + "}", 8), ErrorCode.OVERLAP),
        new Attack("out of file", file("{" + A + "}", 4), ErrorCode.OUT_OF_FILE),
        new Attack(
            "backwards", file("{" + A.replace("0,8", "8,0") + "}", 8), ErrorCode.OUT_OF_FILE),
        new Attack("gap", file("{" + B + "}", 12), ErrorCode.SIZE_MISMATCH),
        new Attack("more data", file("{" + A + "}", 9), ErrorCode.SIZE_MISMATCH),
        new Attack(
            "unknown type",
            file("{" + A.replace("F32", "F33") + "}", 8),
            ErrorCode.UNKNOWN_ELEMENT_TYPE),
        new Attack(
            "another format's type",
            file("{" + A.replace("F32", "Q4_0") + "}", 8),
            ErrorCode.UNKNOWN_ELEMENT_TYPE),
        new Attack("unknown key", file("{\"a\":{\"code\":\"x\"}}", 0), ErrorCode.MALFORMED_HEADER),
        new Attack("missing keys", file("{\"a\":{}}", 0), ErrorCode.MALFORMED_HEADER),
        new Attack("empty name", named(""), ErrorCode.BAD_NAME),
        new Attack("long name", named("x".repeat(500)), ErrorCode.BAD_NAME),
        new Attack("control character", named("a\\u001b[31m"), ErrorCode.BAD_NAME),
        new Attack("direction override", named("a\\u202eb"), ErrorCode.BAD_NAME));
  }

  private static byte[] shaped(String dimensions) {
    return file("{" + A.replace("2,1", dimensions) + "}", 8);
  }

  private static byte[] named(String name) {
    return file("{" + A.replace("\"a\"", "\"" + name + "\"") + "}", 8);
  }

  private static byte[] length(long headerBytes) {
    return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).array();
  }

  private static byte[] file(String header, int dataBytes) {
    return TestFiles.safetensors(header, new byte[dataBytes]);
  }
}
