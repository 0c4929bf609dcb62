package dev.stemma.runtime;

import java.util.List;

/** Turns text into token ids and back. */
public interface TextCodec {
  /** The ids of a text, with what the tokenizer puts before it (a beginning-of-sequence token). */
  List<Integer> encode(String text);

  /** The ids of a text that has its control tokens written out, as a chat template does. */
  List<Integer> encodeMarked(String text);

  /** The text of ids; control tokens stand for none. */
  String decode(List<Integer> ids);
}
