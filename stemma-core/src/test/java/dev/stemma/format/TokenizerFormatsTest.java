package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every reader gives raw bytes; {@link TokenizerContractTest} attacks them. */
class TokenizerFormatsTest {
  @TempDir Path folder;

  @Test
  void byteLevelIsUndone() throws IOException {
    Tokenizer tokenizer = read("tokenizer.json", json().getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.kind()).isEqualTo(Kind.BYTE_LEVEL_BPE);
    assertThat(tokenizer.bytes(0)).isEqualTo(" hi".getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.bytes(1)).containsExactly(0xe2);
    assertThat(tokenizer.role(2)).isEqualTo(Role.CONTROL);
    assertThat(tokenizer.rows()).isEqualTo(8);
  }

  @Test
  void spacesAndBytesOfSentencePieceAreUndone() throws IOException {
    Tokenizer tokenizer = read("tokenizer.model", sentencePiece());
    assertThat(tokenizer.kind()).isEqualTo(Kind.SENTENCEPIECE_BPE);
    assertThat(tokenizer.bytes(0)).isEqualTo(" a".getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.bytes(1)).containsExactly(0x41);
    assertThat(tokenizer.role(1)).isEqualTo(Role.BYTE);
  }

  @Test
  void aWordPieceThatBeginsAWordHasItsSpace() throws IOException {
    Tokenizer tokenizer = read("vocab.txt", "[PAD]\na\n##b\n".getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.bytes(1)).isEqualTo(" a".getBytes(StandardCharsets.UTF_8));
    assertThat(tokenizer.bytes(2)).isEqualTo("b".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void ggufTypesGiveTheParts() throws IOException {
    Tokenizer tokenizer = read("x.gguf", gguf());
    assertThat(tokenizer.role(0)).isEqualTo(Role.CONTROL);
    assertThat(tokenizer.bytes(1)).isEqualTo(" b".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aCountBeyondTheFileIsRefusedBeforeAnythingIsAllocated() {
    byte[] huge = gguf();
    // The number of elements of the array of tokens.
    ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putLong(GGUF_COUNT_AT, 1L << 60);
    assertThatThrownBy(() -> read("x.gguf", huge))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("TRUNCATED");
  }

  private Tokenizer read(String name, byte[] content) throws IOException {
    Path file = Files.createTempFile(folder, "t", ".bin");
    Files.write(file, content);
    SourceFile source = new SourceFile(name, file.toUri(), content.length);
    try (LocalBytes bytes = new LocalBytes()) {
      return TokenizerFiles.read(new SourceFiles(name, name, List.of(source)), bytes);
    }
  }

  static String json() {
    return "{\"added_tokens\":[{\"id\":7,\"content\":\"<s>\",\"special\":true}],"
        + "\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\","
        + "\"vocab\":{\"\u0120hi\":0,\"\u00e2\":1},\"merges\":[\"h i\",[\"a\",\"b\"]]}}";
  }

  static byte[] tiktoken() {
    return "IGhp 0\nYQ== 1\n".getBytes(StandardCharsets.US_ASCII);
  }

  static String tekken() {
    return "{\"config\":{\"default_num_special_tokens\":2},\"vocab\":[{\"token_bytes\":\"YQ==\"}]}";
  }

  static byte[] sentencePiece() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    piece(out, "\u2581a", 1);
    piece(out, "<0x41>", 6);
    out.writeBytes(new byte[] {0x12, 2, 0x18, 2});
    return out.toByteArray();
  }

  private static void piece(ByteArrayOutputStream out, String text, int type) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(0x0a);
    out.write(bytes.length + 4);
    out.write(0x0a);
    out.write(bytes.length);
    out.writeBytes(bytes);
    out.write(0x18);
    out.write(type);
  }

  static final int GGUF_COUNT_AT = 24 + 8 + 21 + 4 + 4;

  static byte[] gguf() {
    ByteBuffer out = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(3);
    text(out, "tokenizer.ggml.tokens");
    out.putInt(9).putInt(8).putLong(2);
    text(out, "<s>");
    text(out, "\u0120b");
    text(out, "tokenizer.ggml.model");
    out.putInt(8);
    text(out, "gpt2");
    text(out, "tokenizer.ggml.token_type");
    out.putInt(9).putInt(5).putLong(2).putInt(3).putInt(1);
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private static void text(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putLong(bytes.length).put(bytes);
  }

  static byte[] llama2c() {
    ByteBuffer out = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(2).putFloat(0).putInt(2).put((byte) ' ').put((byte) 'a').putFloat(0).putInt(1);
    return java.util.Arrays.copyOf(out.put((byte) 'b').array(), out.position());
  }

  static byte[] embedded() {
    StringBuilder lines = new StringBuilder("<unk>\n");
    for (int i = 0; i < 256; i++) {
      lines.append(String.format("<0x%02X>\n", i));
    }
    lines.append("\u2581the");
    return Base64.getEncoder().encode(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
