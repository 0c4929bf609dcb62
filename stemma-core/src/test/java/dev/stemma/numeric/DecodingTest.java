package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingTest {
  /** Values from the OCP 8-bit floating point specification's tables. */
  @ParameterizedTest
  @CsvSource({
    "F8_E4M3, 0x7E, 448",
    "F8_E4M3, 0x7F, NaN",
    "F8_E4M3, 0x01, 0.001953125",
    "F8_E4M3, 0x08, 0.015625",
    "F8_E4M3, 0xB8, -1",
    "F8_E5M2, 0x7B, 57344",
    "F8_E5M2, 0x7C, Infinity",
    "F8_E5M2, 0x7D, NaN",
    "F8_E5M2, 0x01, 1.52587890625e-05",
    "F8_E5M2, 0xBC, -1",
    "F8_E8M0, 0x7F, 1",
    "F8_E8M0, 0xFF, NaN",
    "I8, 0xFF, -1",
    "U8, 0xFF, 255",
    "BOOL, 0x02, 1"
  })
  void oneByteTypes(ElementType type, String bits, double value) {
    MemorySegment segment = MemorySegment.ofArray(new byte[] {(byte) (int) Integer.decode(bits)});
    assertThat(Double.valueOf(Decoding.element(segment, type, 0))).isEqualTo(Double.valueOf(value));
  }

  @Test
  void widerTypes() {
    assertThat(Decoding.element(Encoding.of(ElementType.F16, 0, 0x1p-24), ElementType.F16, 1))
        .isEqualTo(0x1p-24);
    assertThat(Decoding.element(Encoding.of(ElementType.BF16, -1.5), ElementType.BF16, 0))
        .isEqualTo(-1.5);
    MemorySegment ones = MemorySegment.ofArray(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    assertThat(Decoding.element(ones, ElementType.U64, 0)).isEqualTo(0x1p64);
    assertThat(Decoding.element(ones, ElementType.I64, 0)).isEqualTo(-1);
    assertThat(Decoding.element(ones, ElementType.U32, 1)).isEqualTo(4294967295.0);
    assertThat(Decoding.element(ones, ElementType.I32, 1)).isEqualTo(-1);
    assertThat(Decoding.element(ones, ElementType.U16, 3)).isEqualTo(65535);
  }
}
