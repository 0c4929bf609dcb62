package dev.stemma.runtime;

import dev.stemma.testing.OpenModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint's logits and greedy continuation, ours against the official modelling code's.
 *
 * @param oneByOne largest difference reading token by token, in standard deviations of the logits
 * @param atOnce the same reading all tokens at once
 * @param greedy whether the greedy continuation is the same; true where the official code gave none
 */
record OfficialLogits(double oneByOne, double atOnce, boolean greedy) {
  /** Of the logits' standard deviation. */
  static final double TOLERANCE = 2e-4;

  /** Whether everything holds. */
  boolean equal() {
    return oneByOne < TOLERANCE && atOnce < TOLERANCE && greedy;
  }

  /** Compares a folder with config.json, model.safetensors and golden.json. */
  static OfficialLogits compare(Path folder) throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(Files.readString(folder.resolve("golden.json")));
    try (OpenModel open = OpenModel.at(folder)) {
      Decoder decoder = DecoderBuilder.build(open.model(), open.reader());
      List<Integer> ids = integers(golden.get("input_ids"));
      JsonNode expected = golden.get("logits");
      double deviation = standardDeviation(expected);
      List<float[]> oneByOne = new ArrayList<>();
      Sequence sequence = decoder.begin();
      for (int id : ids) {
        oneByOne.add(sequence.read(id, ids.size()));
      }
      return new OfficialLogits(
          worst(oneByOne, expected) / deviation,
          worst(decoder.begin().readAll(ids), expected) / deviation,
          continuation(sequence, oneByOne.getLast(), golden.get("greedy")));
    }
  }

  private static boolean continuation(Sequence sequence, float[] last, JsonNode expected) {
    float[] logits = last;
    for (int wanted : integers(expected)) {
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      if (best != wanted) {
        return false;
      }
      logits = sequence.read(best, 0);
    }
    return true;
  }

  private static List<Integer> integers(JsonNode list) {
    List<Integer> values = new ArrayList<>();
    list.forEach(value -> values.add(value.asInt()));
    return values;
  }

  /** Positions that golden.json leaves out (null) are not compared. */
  private static double worst(List<float[]> found, JsonNode expected) {
    double worst = 0;
    for (int position = 0; position < found.size(); position++) {
      float[] row = found.get(position);
      for (int token = 0; token < row.length && !expected.get(position).isNull(); token++) {
        double wanted = expected.get(position).get(token).asDouble();
        worst = Math.max(worst, Math.abs(row[token] - wanted));
      }
    }
    return worst;
  }

  private static double standardDeviation(JsonNode logits) {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (JsonNode row : logits) {
      for (JsonNode value : row) {
        sum += value.asDouble();
        squares += value.asDouble() * value.asDouble();
        count++;
      }
    }
    return Math.sqrt(squares / count - sum * sum / count / count);
  }
}
