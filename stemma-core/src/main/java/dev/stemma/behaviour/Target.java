package dev.stemma.behaviour;

import java.util.Optional;

/** A model that can be asked. {@link #ask} may be called by several threads. */
public interface Target extends AutoCloseable {
  /** As the user wrote it. */
  String reference();

  /** A short name. */
  String name();

  /** How many questions may be under way at once. */
  int concurrency();

  /** Whether it runs here: its likeliest tokens are the same each time, and it costs nothing. */
  boolean runsHere();

  /** The host and port that it is asked at: models of one place are asked in turn. */
  default String place() {
    return "";
  }

  /**
   * Asks once, and again where the failure may pass.
   *
   * @param log is told of each try
   * @throws Unanswered if there is no answer
   */
  Answer ask(Question question, ExchangeLog log) throws Unanswered;

  /** How many alternatives it gives at a position, where that is known without asking; else 0. */
  default int alternatives() {
    return 0;
  }

  /** Its output layer, where its weights are at hand. */
  default Optional<OutputLayer> outputLayer() {
    return Optional.empty();
  }

  @Override
  default void close() {}
}
