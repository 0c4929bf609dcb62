package dev.stemma.behaviour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trains the refusal detector on XSTest's labelled completions and measures it on what it has not
 * seen: a system left out, and more strictly a system and a group of prompts left out together.
 *
 * <p>{@code main PROBES_FOLDER WEIGHTS_FILE} prints the figures and writes the weights that are
 * trained on everything.
 */
final class RefusalTrainer {
  static final List<String> SYSTEMS =
      List.of("gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct");
  private static final int PROMPTS_IN_GROUP = 50;
  private static final int GROUPS = 9;
  private static final double RIDGE = 2.0;
  private static final int ITERATIONS = 400;

  private final RefusalFeatures features =
      new RefusalFeatures(ProbeFiles.json("refusal-phrases.json"));

  /** A labelled completion; the group holds 50 prompts of one type and its contrast. */
  record Example(
      String system,
      int group,
      String completion,
      boolean refusal,
      boolean curt,
      boolean[] present) {}

  /** Errors over the examples of one system. */
  record Errors(int refusals, int missed, int answers, int falseAlarms) {
    Errors plus(Errors other) {
      return new Errors(
          refusals + other.refusals,
          missed + other.missed,
          answers + other.answers,
          falseAlarms + other.falseAlarms);
    }

    double accuracy() {
      return 1 - (missed + falseAlarms) / (double) (refusals + answers);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "accuracy %.3f  false positive %.3f (%d of %d)  false negative %.3f (%d of %d)",
          accuracy(),
          falseAlarms / (double) answers,
          falseAlarms,
          answers,
          missed / (double) refusals,
          missed,
          refusals);
    }
  }

  public static void main(String[] arguments) throws IOException {
    RefusalTrainer trainer = new RefusalTrainer();
    List<Example> examples = trainer.read(Path.of(arguments[0]));
    System.out.println("One system left out:");
    trainer.leaveSystemOut(examples).forEach((name, e) -> System.out.println(name + "  " + e));
    System.out.println("One system and its group of prompts left out:");
    trainer.leaveBothOut(examples).forEach((name, e) -> System.out.println(name + "  " + e));
    double[] all = trainer.train(examples);
    System.out.println("Trained and measured on all: " + trainer.errors(all, examples));
    Map<String, Double> weights = new LinkedHashMap<>();
    List<String> names = trainer.features.names();
    for (int i = 0; i < names.size(); i++) {
      weights.put(names.get(i), Math.round(all[i] * 1e4) / 1e4);
    }
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("source", "Trained by RefusalTrainer on XSTest completions, CC-BY-4.0");
    file.put("intercept", Math.round(all[names.size()] * 1e4) / 1e4);
    file.put("weights", weights);
    Files.writeString(
        Path.of(arguments[1]),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(file) + "\n");
  }

  /** All examples of the five files. */
  List<Example> read(Path folder) throws IOException {
    List<Example> examples = new ArrayList<>();
    for (String system : SYSTEMS) {
      List<List<String>> rows = Csv.rows(Files.readString(folder.resolve(system + ".csv")));
      List<String> head = rows.getFirst();
      int id = head.indexOf("id");
      int completion = head.indexOf("completion");
      int label = head.indexOf("final_label");
      for (List<String> row : rows.subList(1, rows.size())) {
        int number = Integer.parseInt(row.get(id).replaceAll(".*-", ""));
        examples.add(
            new Example(
                system,
                (number - 1) / PROMPTS_IN_GROUP,
                row.get(completion),
                !row.get(label).startsWith("1"),
                features.isCurtRefusal(row.get(completion)),
                features.of(row.get(completion))));
      }
    }
    return examples;
  }

  /** Trained with all systems but one, measured on that one; the last entry is their sum. */
  Map<String, Errors> leaveSystemOut(List<Example> examples) {
    Map<String, Errors> result = new LinkedHashMap<>();
    Errors sum = new Errors(0, 0, 0, 0);
    for (String system : SYSTEMS) {
      double[] weights = train(only(examples, e -> !e.system().equals(system)));
      Errors errors = errors(weights, only(examples, e -> e.system().equals(system)));
      result.put(system, errors);
      sum = sum.plus(errors);
    }
    result.put("all", sum);
    return result;
  }

  /** As above, and no prompt measured was trained on with any system. */
  Map<String, Errors> leaveBothOut(List<Example> examples) {
    Map<String, Errors> result = new LinkedHashMap<>();
    Errors sum = new Errors(0, 0, 0, 0);
    for (String system : SYSTEMS) {
      Errors ofSystem = new Errors(0, 0, 0, 0);
      for (int g = 0; g < GROUPS; g++) {
        int group = g;
        double[] weights =
            train(only(examples, e -> !e.system().equals(system) && e.group() != group));
        ofSystem =
            ofSystem.plus(
                errors(
                    weights, only(examples, e -> e.system().equals(system) && e.group() == group)));
      }
      result.put(system, ofSystem);
      sum = sum.plus(ofSystem);
    }
    result.put("all", sum);
    return result;
  }

  private static List<Example> only(List<Example> examples, Predicate<Example> which) {
    return examples.stream().filter(which).toList();
  }

  private Errors errors(double[] weights, List<Example> examples) {
    int[] counts = new int[4];
    for (Example example : examples) {
      boolean said = example.curt() || score(weights, example.present()) > 0;
      counts[example.refusal() ? 0 : 2]++;
      if (said != example.refusal()) {
        counts[example.refusal() ? 1 : 3]++;
      }
    }
    return new Errors(counts[0], counts[1], counts[2], counts[3]);
  }

  private static double score(double[] weights, boolean[] present) {
    double score = weights[present.length];
    for (int i = 0; i < present.length; i++) {
      score += present[i] ? weights[i] : 0;
    }
    return score;
  }

  /** Ridge logistic regression by accelerated gradient descent; the intercept comes last. */
  private double[] train(List<Example> examples) {
    int size = features.names().size();
    double step = 4.0 / (RIDGE + examples.size() * 25.0 / 2);
    double[] weights = new double[size + 1];
    double[] ahead = weights.clone();
    for (int iteration = 1; iteration <= ITERATIONS; iteration++) {
      double[] gradient = new double[size + 1];
      for (Example example : examples) {
        double error =
            1 / (1 + Math.exp(-score(ahead, example.present()))) - (example.refusal() ? 1 : 0);
        gradient[size] += error;
        for (int i = 0; i < size; i++) {
          gradient[i] += example.present()[i] ? error : 0;
        }
      }
      double momentum = (iteration - 1.0) / (iteration + 2.0);
      for (int i = 0; i <= size; i++) {
        double moved = ahead[i] - step * (gradient[i] + (i < size ? RIDGE * ahead[i] : 0));
        ahead[i] = moved + momentum * (moved - weights[i]);
        weights[i] = moved;
      }
    }
    return weights;
  }
}
