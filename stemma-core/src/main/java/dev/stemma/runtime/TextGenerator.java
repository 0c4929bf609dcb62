package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
    this.endTokens = Set.copyOf(endTokens);
  }

  /**
   * What is asked for.
   *
   * @param stops texts before which the continuation ends
   */
  public record Wish(int maximumTokens, Sampling sampling, List<String> stops) {}

  /** Is told what happens as it happens. */
  public interface Listener {
    /** Whether logits at the prompt's positions are of interest. */
    default boolean wantsPrompt() {
      return false;
    }

    /**
     * A token of the prompt or a new one.
     *
     * @param logits those that it was chosen from; null for the first token and where the prompt's
     *     are not wanted
     */
    default void token(int id, boolean fresh, float @Nullable [] logits) {}

    /** A piece of new text, as soon as it is certain. */
    default void text(String piece) {}
  }

  /** What came of a prompt; ended: by an end token or a stop string. */
  public record Completion(List<Integer> prompt, List<Integer> ids, String text, boolean ended) {}

  /**
   * Generates until an end token, a stop string, the number of tokens or the model's last position.
   */
  public Completion generate(
      List<Integer> prompt, Wish wish, RandomGenerator random, Listener listener) {
    Sequence sequence = decoder.begin();
    Pieces pieces = new Pieces(codec);
    StopStrings stops = new StopStrings(wish.stops(), listener::text);
    float[] logits = readPrompt(sequence, prompt, pieces, listener, wish.maximumTokens() > 0);
    List<Integer> all = new ArrayList<>(prompt);
    List<Integer> fresh = new ArrayList<>();
    boolean ended = false;
    while (!ended && fresh.size() < wish.maximumTokens()) {
      int token = wish.sampling().choose(logits, all, random);
      if (endTokens.contains(token)) {
        ended = true;
        break;
      }
      fresh.add(token);
      all.add(token);
      listener.token(token, true, logits);
      ended = stops.add(pieces.add(token));
      if (sequence.length() >= decoder.maximumPositions()) {
        break;
      }
      if (!ended && fresh.size() < wish.maximumTokens()) {
        logits = sequence.read(token, 0);
      }
    }
    return new Completion(List.copyOf(prompt), fresh, stops.end(), ended);
  }

  private float[] readPrompt(
      Sequence sequence,
      List<Integer> prompt,
      Pieces pieces,
      Listener listener,
      boolean continues) {
    List<float[]> each =
        listener.wantsPrompt()
            ? sequence.readAll(prompt)
            : continues ? List.of(sequence.readPrompt(prompt)) : List.of();
    for (int i = 0; i < prompt.size(); i++) {
      boolean known = listener.wantsPrompt() && i > 0;
      pieces.add(prompt.get(i));
      listener.token(prompt.get(i), false, known ? each.get(i - 1) : null);
    }
    return each.isEmpty() ? new float[0] : each.getLast();
  }
}
