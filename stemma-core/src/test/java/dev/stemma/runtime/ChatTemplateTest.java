package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chat templates against Python's jinja2 ({@code chat_templates.py}), and hostile ones. */
class ChatTemplateTest {
  private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

  @TestFactory
  Stream<DynamicTest> templatesRenderAsInPython() throws IOException {
    JsonNode cases;
    try (InputStream in = getClass().getResourceAsStream("chat-templates.json")) {
      cases = JsonMapper.shared().readTree(in);
    }
    return IntStream.range(0, cases.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                cases.get(i).get("name").asString() + " " + i, () -> check(cases.get(i))));
  }

  private static void check(JsonNode given) {
    List<Map<String, Object>> messages =
        JsonMapper.shared().convertValue(given.get("messages"), new TypeReference<>() {});
    Map<String, Object> more =
        JsonMapper.shared().convertValue(given.get("more"), new TypeReference<>() {});
    ChatTemplate template = new ChatTemplate("model", given.get("template").asString(), TOKENS);
    if (given.has("refused")) {
      assertThatThrownBy(() -> template.render(messages, more))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining(given.get("refused").asString());
    } else {
      assertThat(template.render(messages, more)).isEqualTo(given.get("expected").asString());
    }
  }

  @Test
  void theUsersWordsAreNoTemplate() {
    String words = "{{ 7 * 7 }}{% for i in range(9) %}x{% endfor %}";
    assertThat(render("{{ messages[0].content }}", words)).isEqualTo(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% set x = 1"
            + " %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
            + " }}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for a in range(9000) %}{% set ns.x = ns.x ~ ns.x"
            + " %}{% endfor %}{{ ns.x | length }}",
        "{{ 'x' * 2000000000 }}",
        "{{ messages[0].content.replace('e', 'xxxxxxxxxxxxxxxx' * 100000) * 1000 }}",
        "{{ ''.getClass() }}",
        "{{ messages.getClass().forName('java.lang.Runtime') }}",
        "{{ messages[0].content.chars() }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{{ unknown_function() }}",
        "{{ [1, 5] | no_such_filter }}",
        "{{ messages | groupby('role') }}",
        "{% for m in messages %}",
        "{{ messages[0].content.strip( }}"
      })
  void aHostileTemplateEndsInAnError(String template) {
    assertThatThrownBy(() -> render(template, "hello")).isInstanceOf(ArtifactException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.class }}",
        "{{ messages.class.classLoader }}",
        "{{ ____int3rpr3t3r____.config }}",
        "{{ ____int3rpr3t3r____.context.globalMacros }}",
        "{{ range.__globals__ }}",
        "{{ messages.__class__.__mro__ }}"
      })
  void noJavaObjectIsReached(String template) {
    assertThat(render(template, "hello")).isEmpty();
  }

  private static String render(String template, String content) {
    return new ChatTemplate("model", template, TOKENS)
        .render(List.of(Map.of("role", "user", "content", content)), Map.of());
  }
}
