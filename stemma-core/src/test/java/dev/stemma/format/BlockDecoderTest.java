package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GGUF's types against values that another program computed (gguf_blocks.py). */
class BlockDecoderTest {
  static List<ElementType> blockTypes() {
    return Arrays.stream(ElementType.values()).filter(ElementType::isBlockQuantised).toList();
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void decodesTheGoldenBlocks(ElementType type) throws IOException {
    JsonNode golden;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("gguf-blocks.json"))) {
      golden = JsonMapper.shared().readTree(in).get(type.name());
    }
    byte[] stored = Base64.getDecoder().decode(golden.get("stored").asString(""));
    ByteBuffer values =
        ByteBuffer.wrap(Base64.getDecoder().decode(golden.get("values").asString("")))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] expected = new float[values.remaining() / 4];
    values.asFloatBuffer().get(expected);
    assertThat(expected).hasSize(2 * type.blockElements());
    float[] found = new float[expected.length];
    MemorySegment segment = MemorySegment.ofArray(stored);
    ElementDecoder.decode(segment, type, 0, found.length, found, 0);
    assertThat(found).isEqualTo(expected);
    int first = type.blockElements() - 3;
    float[] across = new float[7];
    ElementDecoder.decode(segment, type, first, 7, across, 0);
    assertThat(across).isEqualTo(Arrays.copyOfRange(expected, first, first + 7));
  }
}
