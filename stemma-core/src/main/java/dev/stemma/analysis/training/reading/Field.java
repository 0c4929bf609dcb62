package dev.stemma.analysis.training.reading;

/** What a column or tag means to us. */
enum Field {
  STEP,
  TOKENS,
  LOSS,
  EVALUATION_LOSS,
  LEARNING_RATE,
  GRADIENT_NORM,
  EPOCH,
  WALL_SECONDS
}
