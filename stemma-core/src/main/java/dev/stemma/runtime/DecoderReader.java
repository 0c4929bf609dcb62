package dev.stemma.runtime;

import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A decoder that reads whole texts and shows its hidden states and logits. */
public record DecoderReader(Decoder decoder) implements TextReader {
  @Override
  public int vocabulary() {
    return decoder.embedding().rows();
  }

  @Override
  public int maximumPositions() {
    return decoder.maximumPositions();
  }

  @Override
  public int layerCount() {
    return decoder.layers().size();
  }

  @Override
  public Reading read(int[] ids) {
    TextReader.check(this, ids);
    int width = decoder.embedding().columns();
    List<Matrix> states = new ArrayList<>();
    for (int layer = 0; layer <= layerCount(); layer++) {
      states.add(new Matrix(ids.length, width));
    }
    Matrix logits = new Matrix(ids.length, decoder.vocabulary());
    AtomicInteger row = new AtomicInteger();
    decoder
        .begin()
        .readAll(
            Arrays.stream(ids).boxed().toList(),
            (layersDone, position, hidden) ->
                System.arraycopy(hidden, 0, states.get(layersDone).data(), position * width, width),
            some ->
                some.forEach(next ->
                    System.arraycopy(
                        next, 0, logits.data(), row.getAndIncrement() * next.length, next.length)));
    return new Reading(states, logits);
  }
}
