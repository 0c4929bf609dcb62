package dev.stemma.runtime;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template (Jinja), run by Jinjava as untrusted code: it sees the messages and
 * nothing of Java, reads no file, ends after a fixed time and writes a bounded text. It differs
 * from Python's Jinja where truth values, none, lists and dictionaries are printed as such, and in
 * the value of {@code a and b}; {@code 'a' * 3}, {@code '%s' % a} and {@code with} end in an error.
 */
public final class ChatTemplate {
  static final int MAXIMUM_CHARACTERS = 4 << 20;
  private static final int MAXIMUM_TEMPLATE_CHARACTERS = 1 << 19;
  private static final int MAXIMUM_ITEMS = 100_000;
  private static final int MAXIMUM_RANGE = 10_000;
  private static final LegacyOverrides AS_IN_PYTHON =
      LegacyOverrides.newBuilder()
          .withEvaluateMapKeys(true)
          .withIterateOverMapKeys(true)
          .withUsePyishObjectMapper(true)
          .withUseNaturalOperatorPrecedence(true)
          .withParseWhitespaceControlStrictly(true)
          .withAllowAdjacentTextNodes(true)
          .withUseTrimmingForNotesAndExpressions(true)
          .withKeepNullableLoopValues(true)
          .withHandleBackslashInQuotesOnly(true)
          .build();

  /** Jinjava has no {@code [::-1]}, and takes {@code f(n=a - 1)} for {@code f((n=a) - 1)}. */
  private static final Pattern NAMED_DIFFERENCE =
      Pattern.compile(
          "([(,]\\s*\\w+\\s*=\\s*)([\\w.]+\\s*\\|\\s*\\w+\\s*[-+]\\s*\\d+)(?=\\s*[,)])");

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final String reference;
  private final String source;
  private final List<String> conditions;
  private final Set<String> filters;
  private final Map<String, String> specialTokens;

  /**
   * A template.
   *
   * @param reference the model, for errors
   * @param specialTokens as {@code bos_token} to its text
   */
  public ChatTemplate(String reference, String source, Map<String, String> specialTokens) {
    this.reference = reference;
    String whole = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    TemplateDialect.Translated translated =
        TemplateDialect.translate(
            NAMED_DIFFERENCE.matcher(whole).replaceAll("$1($2)").replace("[::-1]", "|reverse"));
    this.source = translated.source();
    this.conditions = translated.conditions();
    this.filters = translated.filters();
    this.specialTokens = Map.copyOf(specialTokens);
    if (source.length() > MAXIMUM_TEMPLATE_CHARACTERS) {
      throw failed("at most " + MAXIMUM_TEMPLATE_CHARACTERS + " characters", source.length() + "");
    }
  }

  /**
   * The prompt of a conversation, the assistant's turn begun.
   *
   * @param messages each with {@code role} and {@code content}, and what else the template reads
   * @param more further variables, as {@code tools} or {@code enable_thinking}
   * @throws ArtifactException if the template refuses the messages, fails, or takes too long
   */
  public String render(List<Map<String, Object>> messages, Map<String, Object> more) {
    Map<String, Object> variables = new HashMap<>(more);
    variables.putAll(specialTokens);
    variables.put("messages", messages);
    variables.putIfAbsent("add_generation_prompt", true);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    CompletableFuture<RenderResult> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("chat-template")
            .start(() -> {
              try {
                result.complete(engine(deadline).renderForResult(source, variables));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    try {
      RenderResult rendered = result.get(LIMIT.toMillis() + 500, TimeUnit.MILLISECONDS);
      if (!rendered.getErrors().isEmpty()) {
        throw refused(rendered.getErrors().getFirst());
      }
      return rendered.getOutput();
    } catch (TimeoutException e) {
      thread.interrupt();
      throw failed("to end within " + LIMIT.toSeconds() + " s", "still running");
    } catch (ExecutionException e) {
      throw failed("a template that can be rendered", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("to be left to end", "an interrupt");
    }
  }

  private ArtifactException refused(TemplateError error) {
    for (Throwable at = error.getException(); at != null; at = at.getCause()) {
      if (at instanceof Refusal refusal) {
        return failed("messages that the template takes", String.valueOf(refusal.getMessage()));
      }
    }
    return failed(
        "a template that can be rendered", "line " + error.getLineno() + ": " + error.getMessage());
  }

  private ArtifactException failed(String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        reference,
        "chat template",
        expected,
        found,
        "Check the messages, or give the whole text with --prompt.");
  }

  private Jinjava engine(long deadline) {
    JinjavaConfig config =
        JinjavaConfig.newBuilder()
            .withTrimBlocks(true)
            .withLstripBlocks(true)
            .withLegacyOverrides(AS_IN_PYTHON)
            .withKeepTrailingNewline(true)
            .withNestedInterpretationEnabled(false)
            .withElResolver(new PythonObjects())
            .withMaxOutputSize(MAXIMUM_CHARACTERS)
            .withMaxStringLength(MAXIMUM_CHARACTERS)
            .withMaxListSize(MAXIMUM_ITEMS)
            .withMaxMapSize(MAXIMUM_ITEMS)
            .withRangeLimit(MAXIMUM_RANGE)
            .withMaxRenderDepth(50)
            .withEnableRecursiveMacroCalls(true)
            .withMaxMacroRecursionDepth(20)
            .withDisabled(
                Map.of(
                    Library.TAG, Set.of("include", "import", "from", "extends", "block"),
                    Library.FILTER,
                        Set.of(
                            "render",
                            "log",
                            "fromyaml",
                            "toyaml",
                            "xmlattr",
                            "urlize",
                            "groupby",
                            "batch")))
            .withProcessors(
                JinjavaProcessors.newBuilder()
                    .withNodePreProcessor((node, interpreter) -> {
                      if (System.nanoTime() > deadline) {
                        throw new InterpretException("more than " + LIMIT.toSeconds() + " s");
                      }
                    })
                    .build())
            .build();
    Jinjava engine = new Jinjava(config);
    engine.setResourceLocator((name, charset, interpreter) -> "");
    engine.registerTag(new GenerationTag());
    engine.registerFilter(new PythonJson());
    LoopItems.all(conditions).forEach(engine::registerFilter);
    List.of("iterable", "sequence")
        .forEach(name -> engine.getGlobalContext().registerExpTest(new IterableTest(name)));
    for (String filter : filters) {
      if (engine.getGlobalContext().getFilter(filter) == null) {
        throw new InterpretException("no filter '" + filter + "' here"); // else it gives nothing
      }
    }
    engine.registerFunction(
        new ELFunctionDefinition(
            "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
    engine.registerFunction(
        new ELFunctionDefinition("", "strftime_now", ChatTemplate.class, "now", String.class));
    return engine;
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** The template's own refusal. */
  public static @Nullable Object raiseException(String message) {
    throw new Refusal(message);
  }

  /** The time by Python's letters. */
  public static String now(String format) {
    LocalDateTime now = LocalDateTime.now(java.time.ZoneId.systemDefault());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char one = format.charAt(i);
      if (one != '%' || i + 1 == format.length()) {
        out.append(one);
        continue;
      }
      out.append(
          switch (format.charAt(++i)) {
            case 'd' -> two(now.getDayOfMonth());
            case 'm' -> two(now.getMonthValue());
            case 'Y' -> String.valueOf(now.getYear());
            case 'y' -> two(now.getYear() % 100);
            case 'H' -> two(now.getHour());
            case 'M' -> two(now.getMinute());
            case 'S' -> two(now.getSecond());
            case 'b' -> now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case '%' -> "%";
            default -> "%" + format.charAt(i);
          });
    }
    return out.toString();
  }

  private static String two(int number) {
    return String.format(Locale.ROOT, "%02d", number);
  }
}
