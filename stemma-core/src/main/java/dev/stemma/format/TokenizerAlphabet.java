package dev.stemma.format;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How a vocabulary writes its tokens, and the way back to the bytes they stand for. */
enum TokenizerAlphabet {
  /** Every byte as one visible character, as GPT-2 began it. */
  BYTE_LEVEL {
    @Override
    byte[] bytes(String written) {
      byte[] bytes = new byte[written.length()];
      for (int i = 0; i < bytes.length; i++) {
        char character = written.charAt(i);
        int value = character < BYTE_OF.length ? BYTE_OF[character] : -1;
        if (value < 0) {
          return utf8(written);
        }
        bytes[i] = (byte) value;
      }
      return bytes;
    }
  },
  /** A visible mark for each space, {@code <0xNN>} for a byte, as SentencePiece does. */
  METASPACE {
    @Override
    byte[] bytes(String written) {
      int value = fallbackByte(written);
      if (value >= 0) {
        return new byte[] {(byte) value};
      }
      return utf8(written.indexOf(MARK) < 0 ? written : written.replace(MARK, ' '));
    }
  },
  /** {@code ##} before what continues a word; what begins one gets the space back. */
  WORD_PIECE {
    @Override
    byte[] bytes(String written) {
      return utf8(
          written.length() > 2 && written.startsWith("##") ? written.substring(2) : " " + written);
    }
  },
  /** The text itself. */
  PLAIN {
    @Override
    byte[] bytes(String written) {
      return utf8(written);
    }
  };

  private static final char MARK = '\u2581';
  private static final int[] BYTE_OF = byteOf();

  /** The bytes that a written token stands for. */
  abstract byte[] bytes(String written);

  /** The value of {@code <0xNN>}, or -1. */
  static int fallbackByte(@Nullable String written) {
    if (written == null
        || written.length() != 6
        || !written.startsWith("<0x")
        || written.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(written.charAt(3), 16);
    int low = Character.digit(written.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** UTF-8; half a surrogate pair, which JSON can hold, as its own three bytes. */
  static byte[] utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return utf8WithSurrogates(text);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] utf8WithSurrogates(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() * 3);
    text.codePoints()
        .forEach(point -> {
          if (point >= 0xd800 && point <= 0xdfff) {
            out.write(0xe0 | point >> 12);
            out.write(0x80 | (point >> 6 & 0x3f));
            out.write(0x80 | (point & 0x3f));
          } else {
            out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
          }
        });
    return out.toByteArray();
  }

  private static int[] byteOf() {
    int[] table = new int[324];
    Arrays.fill(table, -1);
    int shifted = 256;
    for (int value = 0; value < 256; value++) {
      boolean visible =
          (value >= 33 && value <= 126)
              || (value >= 161 && value <= 172)
              || (value >= 174 && value <= 255);
      table[visible ? value : shifted++] = value;
    }
    return table;
  }
}
