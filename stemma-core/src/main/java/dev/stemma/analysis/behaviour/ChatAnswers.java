package dev.stemma.analysis.behaviour;

import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.SafetyPrompt;
import dev.stemma.behaviour.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answers to XSTest's prompts, asked for once for all that reads them. */
public final class ChatAnswers {
  private static final int TOKENS = 96;

  private final List<SafetyPrompt> prompts = Probes.safetyPrompts();
  private final Map<String, List<String>> answers = new HashMap<>();

  List<SafetyPrompt> prompts() {
    return prompts;
  }

  /** Prompt by prompt; empty where there is none. */
  List<String> of(Target model, Inquiry inquiry) {
    List<String> known = answers.get(model.reference());
    if (known == null) {
      known =
          inquiry
              .ask(
                  model,
                  prompts.stream()
                      .map(prompt -> Question.message(prompt.prompt(), TOKENS))
                      .toList(),
                  "asking what may be refused")
              .stream()
              .map((Optional<Answer> answer) -> answer.map(Answer::text).orElse("").strip())
              .toList();
      answers.put(model.reference(), known);
    }
    return known;
  }
}
