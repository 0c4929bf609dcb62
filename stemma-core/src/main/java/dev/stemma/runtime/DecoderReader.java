package dev.stemma.runtime;

import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

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
    Sequence sequence = decoder.begin();
    for (int position = 0; position < ids.length; position++) {
      int row = position;
      float[] last =
          sequence.hidden(
              ids[position],
              ids.length,
              (layersDone, hidden) ->
                  System.arraycopy(hidden, 0, states.get(layersDone).data(), row * width, width));
      float[] next = decoder.logits(last);
      System.arraycopy(next, 0, logits.data(), row * next.length, next.length);
    }
    return new Reading(states, logits);
  }
}
