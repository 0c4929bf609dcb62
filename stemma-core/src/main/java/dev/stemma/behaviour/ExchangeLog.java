package dev.stemma.behaviour;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Is told of every request that is sent and of what came back, without any key. */
public interface ExchangeLog {
  /** Listens to nothing. */
  ExchangeLog NONE =
      new ExchangeLog() {
        @Override
        public void beforeRequest() {}

        @Override
        public void exchanged(Exchange exchange) {}
      };

  /**
   * Called before each request, tries included.
   *
   * @throws Unanswered if the budget allows no more
   */
  void beforeRequest() throws Unanswered;

  /** Called after each. */
  void exchanged(Exchange exchange);

  /**
   * A request and what came back.
   *
   * @param headers of the answer
   * @param status 0 where no answer came
   * @param body of the answer, or the failure in words
   */
  record Exchange(
      JsonNode request, int status, Map<String, List<String>> headers, String body, long millis) {}
}
