package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Continues a text token by token. */
public final class TextGenerator {
  private final Decoder decoder;
  private final TextCodec codec;
  private final Set<Integer> endTokens;

  /**
   * A generator.
   *
   * @param endTokens ids that end a text
   */
  public TextGenerator(Decoder decoder, TextCodec codec, Set<Integer> endTokens) {
    this.decoder = decoder;
    this.codec = codec;
    this.endTokens = Set.copyOf(new HashSet<>(endTokens));
  }

  /** What came of a prompt. */
  public record Completion(List<Integer> prompt, List<Integer> ids, String text, boolean ended) {}

  /**
   * Generates until an end token, a stop string, the number of tokens or the model's last position.
   *
   * @param piece is given each new piece of text as soon as it is whole
   */
  public Completion generate(
      List<Integer> prompt,
      int maximumTokens,
      Sampling sampling,
      List<String> stops,
      RandomGenerator random,
      Consumer<String> piece) {
    Sequence sequence = decoder.begin();
    float[] logits = new float[decoder.vocabulary()];
    for (int id : prompt) {
      logits = sequence.read(id, prompt.size());
    }
    List<Integer> all = new ArrayList<>(prompt);
    List<Integer> fresh = new ArrayList<>();
    String before = codec.decode(prompt);
    String text = "";
    while (fresh.size() < maximumTokens && sequence.length() <= decoder.maximumPositions()) {
      int token = sampling.choose(logits, all, random);
      if (endTokens.contains(token)) {
        return new Completion(prompt, fresh, text, true);
      }
      fresh.add(token);
      all.add(token);
      String whole = codec.decode(all);
      String now =
          whole.startsWith(before) ? whole.substring(before.length()) : codec.decode(fresh);
      for (String stop : stops) {
        int at = now.indexOf(stop);
        if (!stop.isEmpty() && at >= 0) {
          return new Completion(prompt, fresh, now.substring(0, at), true);
        }
      }
      // A character whose bytes are not all there yet decodes to a replacement character: wait for
      // the rest.
      if (!now.endsWith("\uFFFD") && now.length() > text.length()) {
        piece.accept(now.substring(text.length()));
        text = now;
      }
      if (fresh.size() < maximumTokens && sequence.length() < decoder.maximumPositions()) {
        logits = sequence.read(token, 0);
      } else {
        break;
      }
    }
    return new Completion(prompt, fresh, text, false);
  }
}
