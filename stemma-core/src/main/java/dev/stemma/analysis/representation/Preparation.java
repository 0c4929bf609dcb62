package dev.stemma.analysis.representation;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextCodecs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What both models will read: the texts cut into each one's tokens.
 *
 * @param why why nothing will be read; empty otherwise
 * @param texts the texts, empty if nothing will be read
 * @param sharedA ids of a's tokens that b has too
 * @param sharedB b's ids of the same tokens
 */
record Preparation(
    Component component, String why, List<TextPair> texts, int[] sharedA, int[] sharedB) {
  static Preparation of(Pair pair) {
    Optional<Component> body = component(pair);
    if (body.isEmpty()) {
      Component first =
          pair.a().components().stream()
              .filter(Component::isBody)
              .findFirst()
              .orElse(Component.ARCHITECTURE);
      return impossible(first, "the models have no stack of text layers in common");
    }
    Component component = body.get();
    if (pair.scope().texts().isEmpty()) {
      return impossible(
          component, "the models were not run; --run lets both read the same 200 texts");
    }
    try {
      return prepared(pair, component);
    } catch (ArtifactException | UnsupportedOperationException | IOException e) {
      return impossible(component, String.valueOf(e.getMessage()));
    }
  }

  /** The stack of text layers that both have. */
  static Optional<Component> component(Pair pair) {
    return pair.a().components().stream()
        .filter(c -> c == Component.DECODER || c == Component.ENCODER)
        .filter(pair.b().components()::contains)
        .findFirst();
  }

  private static Preparation impossible(Component component, String why) {
    return new Preparation(component, why, List.of(), new int[0], new int[0]);
  }

  private static Preparation prepared(Pair pair, Component component) throws IOException {
    for (CanonicalModel model : List.of(pair.a(), pair.b())) {
      if (model.model().tokenizer().isEmpty()) {
        return impossible(
            component, model.model().name() + " has no tokenizer, so it cannot read texts");
      }
    }
    Tokenizer a = pair.a().model().tokenizer().orElseThrow();
    Tokenizer b = pair.b().model().tokenizer().orElseThrow();
    TextCodec codecA = TextCodecs.of(a);
    TextCodec codecB = TextCodecs.of(b);
    List<TextPair> texts = new ArrayList<>();
    for (String text : pair.scope().texts()) {
      int[] idsA = ids(codecA, text);
      int[] idsB = ids(codecB, text);
      if (idsA.length > 0 && idsB.length > 0) {
        texts.add(aligned(idsA, idsB, a, b));
      }
    }
    if (texts.size() < CentredKernelAlignment.FEWEST_SAMPLES) {
      return impossible(
          component,
          "only "
              + texts.size()
              + " texts have a token; at least "
              + CentredKernelAlignment.FEWEST_SAMPLES
              + " are needed");
    }
    int[][] shared = shared(a, b);
    return new Preparation(component, "", texts, shared[0], shared[1]);
  }

  static int[] ids(TextCodec codec, String text) {
    return codec.encode(text).stream()
        .limit(TextPair.MOST_TOKENS)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Positions after which both have read the same bytes, and at least one. */
  private static TextPair aligned(int[] idsA, int[] idsB, Tokenizer a, Tokenizer b) {
    int[] endsA = ends(idsA, a);
    int[] endsB = ends(idsB, b);
    int[] atA = new int[Math.min(idsA.length, idsB.length)];
    int[] atB = new int[atA.length];
    int count = 0;
    int j = 0;
    for (int i = 0; i < idsA.length; i++) {
      while (j < idsB.length && endsB[j] < endsA[i]) {
        j++;
      }
      if (j < idsB.length && count < atA.length && endsA[i] > 0 && endsB[j] == endsA[i]) {
        atA[count] = i;
        atB[count++] = j++;
      }
    }
    return new TextPair(idsA, idsB, Arrays.copyOf(atA, count), Arrays.copyOf(atB, count));
  }

  /** How many bytes of text were read after each token; marks stand for none. */
  private static int[] ends(int[] ids, Tokenizer tokenizer) {
    int[] ends = new int[ids.length];
    int sum = 0;
    for (int i = 0; i < ids.length; i++) {
      int index = tokenizer.indexOf(ids[i]).orElse(-1);
      if (index >= 0 && tokenizer.role(index) != Tokenizer.Role.CONTROL) {
        // A leading space that the tokenizer puts before the text is none of the text's bytes.
        boolean isPrefix =
            sum == 0 && tokenizer.length(index) > 0 && tokenizer.byteAt(index, 0) == ' ';
        sum += tokenizer.length(index) - (isPrefix ? 1 : 0);
      }
      ends[i] = sum;
    }
    return ends;
  }

  private static int[][] shared(Tokenizer a, Tokenizer b) {
    Map<String, Integer> ofB = new HashMap<>();
    for (int index = 0; index < b.size(); index++) {
      ofB.putIfAbsent(key(b, index), b.id(index));
    }
    int[] idsA = new int[Math.min(a.size(), b.size())];
    int[] idsB = new int[idsA.length];
    int count = 0;
    for (int index = 0; index < a.size() && count < idsA.length; index++) {
      Integer id = ofB.remove(key(a, index));
      if (id != null) {
        idsA[count] = a.id(index);
        idsB[count++] = id;
      }
    }
    return new int[][] {Arrays.copyOf(idsA, count), Arrays.copyOf(idsB, count)};
  }

  private static String key(Tokenizer tokenizer, int index) {
    String bytes = new String(tokenizer.bytes(index), StandardCharsets.ISO_8859_1);
    return tokenizer.role(index).name() + bytes;
  }
}
