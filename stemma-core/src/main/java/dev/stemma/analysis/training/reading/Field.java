package dev.stemma.analysis.training.reading;

/** What a column or tag means to us. */
enum Field {
  STEP(0),
  TOKENS(1),
  LOSS(2),
  EVALUATION_LOSS(3),
  LEARNING_RATE(4),
  GRADIENT_NORM(5),
  EPOCH(6),
  WALL_SECONDS(7);

  private final int slot;

  Field(int slot) {
    this.slot = slot;
  }

  /** Its place in a row of numbers. */
  int slot() {
    return slot;
  }
}
