package dev.stemma.notebook;

import java.nio.file.Path;
import java.util.Optional;

/** The six topics of the user's tutorial, each with a file of its own. */
public enum Topic {
  VERIFICATION("verification", "verification-methods.md"),
  TOKENIZER("tokenizer", "tokenizer.md"),
  WEIGHTS("weights", "weights.md"),
  ARCHITECTURE("architecture", "architecture.md"),
  MOE("moe", "moe.md"),
  CASES("cases", "case-results.md");

  private final String key;
  private final Path file;

  Topic(String key, String file) {
    this.key = key;
    this.file = Path.of("topics", file);
  }

  /** Its name in options and data files. */
  public String key() {
    return key;
  }

  /** Its file, relative to the notebook's folder. */
  public Path file() {
    return file;
  }

  /** The topic of that name. */
  public static Optional<Topic> of(String key) {
    for (Topic topic : values()) {
      if (topic.key.equals(key)) {
        return Optional.of(topic);
      }
    }
    return Optional.empty();
  }
}
