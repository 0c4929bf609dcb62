package dev.stemma.behaviour;

import dev.stemma.behaviour.Question.OfPrompt;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.Linear;
import dev.stemma.runtime.Pieces;
import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A checkpoint that is run here, in this process. */
public final class LocalTarget implements Target {
  private static final int MOST_BY_CONTEXT = 64;
  private static final Sampling PLAIN = new Sampling(1, 1, 0, 1, 0);

  private final String reference;
  private final String name;
  private final Decoder decoder;
  private final TextCodec codec;
  private final Set<Integer> endTokens;
  private final Optional<Function<String, List<Integer>>> template;
  private final int threads;
  private @Nullable TokenTexts texts;

  /**
   * A target.
   *
   * @param template the ids of a user's message in the chat template, where the model has one
   * @param threads questions at once
   */
  public LocalTarget(
      String reference,
      String name,
      Decoder decoder,
      TextCodec codec,
      Set<Integer> endTokens,
      Optional<Function<String, List<Integer>>> template,
      int threads) {
    this.reference = reference;
    this.name = name;
    this.decoder = decoder;
    this.codec = codec;
    this.endTokens = Set.copyOf(endTokens);
    this.template = template;
    this.threads = threads;
  }

  @Override
  public String reference() {
    return reference;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int concurrency() {
    return threads;
  }

  @Override
  public boolean runsHere() {
    return true;
  }

  @Override
  public int alternatives() {
    return decoder.vocabulary();
  }

  @Override
  public Optional<OutputLayer> outputLayer() {
    if (decoder.softCap() > 0) {
      return Optional.empty();
    }
    Linear head = decoder.head();
    float[] bias = head.bias();
    return Optional.of(
        new OutputLayer(
            head.inputs(),
            texts().numbers(),
            token -> {
              float[] row = new float[head.inputs() + (bias == null ? 0 : 1)];
              float[] weights = new float[head.inputs()];
              head.weights().row(token, weights);
              System.arraycopy(weights, 0, row, 0, weights.length);
              if (bias != null) {
                row[weights.length] = bias[token];
              }
              return row;
            }));
  }

  private synchronized TokenTexts texts() {
    TokenTexts known = texts;
    if (known == null) {
      known = new TokenTexts(codec, decoder.vocabulary());
      texts = known;
    }
    return known;
  }

  @Override
  public Answer ask(Question question, ExchangeLog log) throws Unanswered {
    List<Integer> prompt = prompt(question);
    int room = decoder.maximumPositions() - prompt.size();
    if (prompt.isEmpty() || room < 0) {
      throw new Unanswered(
          Unanswered.Reason.REFUSED,
          "the prompt has " + prompt.size() + " tokens, the model " + decoder.maximumPositions());
    }
    Sampling sampling =
        question.temperature() == 0
            ? Sampling.GREEDY
            : new Sampling(1, question.temperature(), PLAIN.topK(), PLAIN.topP(), PLAIN.minP());
    TextGenerator.Wish wish =
        new TextGenerator.Wish(Math.min(question.maximumTokens(), room), sampling, List.of());
    Random random = question.seed() == null ? new Random() : new Random(question.seed());
    TextGenerator generator = new TextGenerator(decoder, codec, endTokens);
    List<Answer.Choice> choices = new ArrayList<>();
    int written = 0;
    for (int choice = 0; choice < question.choices(); choice++) {
      Gathering gathering = new Gathering(question);
      TextGenerator.Completion completion = generator.generate(prompt, wish, random, gathering);
      written += completion.ids().size();
      choices.add(
          new Answer.Choice(
              (question.prompt() == OfPrompt.ECHO ? question.text() : "") + completion.text(),
              gathering.tokens));
    }
    return new Answer(choices, prompt.size(), written);
  }

  private List<Integer> prompt(Question question) throws Unanswered {
    if (!question.chat()) {
      return codec.encode(question.text());
    }
    return template
        .orElseThrow(
            () -> new Unanswered(Unanswered.Reason.REFUSED, "the model has no chat template"))
        .apply(question.text());
  }

  private final class Gathering implements TextGenerator.Listener {
    private final Question question;
    private final Pieces pieces = new Pieces(codec);
    private final List<Answer.TokenChance> tokens = new ArrayList<>();

    Gathering(Question question) {
      this.question = question;
    }

    @Override
    public boolean wantsPrompt() {
      return question.prompt() != OfPrompt.NONE && question.logprobs() >= 0;
    }

    @Override
    public void token(int id, boolean fresh, float @Nullable [] logits) {
      if (question.logprobs() < 0) {
        return;
      }
      String text = pieces.add(id);
      if (!fresh && question.prompt() == OfPrompt.NONE) {
        return;
      }
      TreeMap<String, Double> top = new TreeMap<>();
      if (logits == null) {
        tokens.add(new Answer.TokenChance(text, null, top));
        return;
      }
      double logSum = logSum(logits);
      for (int other : largest(logits, question.logprobs())) {
        String alternative = alternative(other, id, text);
        if (!alternative.isEmpty() || question.logprobs() <= MOST_BY_CONTEXT) {
          top.putIfAbsent(alternative, logits[other] - logSum);
        }
      }
      tokens.add(new Answer.TokenChance(text, logits[id] - logSum, top));
    }

    /**
     * Many alternatives are named as they stand within any text, which is much cheaper; those that
     * share their text with another get none.
     */
    private String alternative(int other, int id, String text) {
      return question.logprobs() > MOST_BY_CONTEXT
          ? texts().of(other)
          : other == id ? text : pieces.instead(other);
    }
  }

  private static int[] largest(float[] logits, int number) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted((a, b) -> Float.compare(logits[b], logits[a]))
        .limit(number)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double logSum(float[] logits) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    double most = maximum;
    return most
        + Math.log(
            IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - most)).sum());
  }
}
