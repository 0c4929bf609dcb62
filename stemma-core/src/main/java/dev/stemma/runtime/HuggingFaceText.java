package dev.stemma.runtime;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@code tokenizer.json} run by Hugging Face's own library, through DJL. */
public final class HuggingFaceText implements TextCodec, AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  /**
   * Loads the library and the tokenizer.
   *
   * @param file a {@code tokenizer.json} on this machine
   */
  public HuggingFaceText(Path file) throws IOException {
    // The native library ships in the jar: nothing is fetched, nothing is reported.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("RUST_FLAVOR", "cpu");
    this.tokenizer =
        HuggingFaceTokenizer.newInstance(file, Map.of("truncation", "false", "padding", "false"));
  }

  @Override
  public List<Integer> encode(String text) {
    List<Integer> ids = new ArrayList<>();
    for (long id : tokenizer.encode(text).getIds()) {
      ids.add(Math.toIntExact(id));
    }
    return ids;
  }

  @Override
  public List<Integer> encodeMarked(String text) {
    return encodeWithoutMarks(text);
  }

  /** Without the marks that a model wants around a text. */
  public List<Integer> encodeWithoutMarks(String text) {
    List<Integer> ids = new ArrayList<>();
    for (long id : tokenizer.encode(text, false, false).getIds()) {
      ids.add(Math.toIntExact(id));
    }
    return ids;
  }

  @Override
  public String decode(List<Integer> ids) {
    return tokenizer.decode(ids.stream().mapToLong(Integer::longValue).toArray(), true);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
