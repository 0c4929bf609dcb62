package dev.stemma.analysis.behaviour;

import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.Interview;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.source.Progress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who is asked, what each can do, and through whom.
 *
 * @param closest the candidate that the next-token test found closest; the first one before
 * @param names of the models, by reference
 */
public record Inquiry(
    Target target,
    List<Target> against,
    List<Target> controls,
    Target closest,
    Map<String, Capabilities> can,
    Map<String, String> names,
    Interview interview,
    Progress progress) {
  /** The same with another closest candidate. */
  public Inquiry closest(Target found) {
    return new Inquiry(target, against, controls, found, can, names, interview, progress);
  }

  /** Target, candidates and controls. */
  public List<Target> all() {
    return Stream.of(List.of(target), against, controls).flatMap(List::stream).toList();
  }

  /** What a model's interface can do. */
  public Capabilities can(Target model) {
    return Objects.requireNonNull(can.get(model.reference()), model.reference());
  }

  /** Those of all models whose interfaces can do something. */
  List<Target> able(Predicate<Capabilities> what) {
    return all().stream().filter(model -> what.test(can(model))).toList();
  }

  /** A model's name in tables. */
  public String name(Target model) {
    return names.getOrDefault(model.reference(), model.name());
  }

  /** What a model is here: target, candidate or control. */
  String role(Target model) {
    return model == target ? "target" : controls.contains(model) ? "control" : "candidate";
  }

  /** Asks a model, and tells how far it is. */
  List<Optional<Answer>> ask(Target model, List<Question> questions, String what) {
    try (Progress.Step step = progress.begin(what, questions.size(), Progress.Unit.ITEMS)) {
      return interview.ask(model, questions, 0, step::advance);
    }
  }
}
