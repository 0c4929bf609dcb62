package dev.stemma.notebook;

import dev.stemma.report.Texts;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A notebook's words in one language, and the reports' beside them. */
final class Words {
  private static final Pattern PLACE = Pattern.compile("\\{(\\d)\\}");

  private final ResourceBundle bundle;
  private final Texts texts;

  private Words(Locale locale) {
    bundle =
        ResourceBundle.getBundle(
            "dev.stemma.notebook.notebook",
            locale,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    texts = Texts.of(locale.getLanguage());
  }

  static Words of(String language) {
    return new Words(language.equals("ko") ? Locale.KOREAN : Locale.ENGLISH);
  }

  /** Korean where the text has Korean letters, else English. */
  static Words ofText(String text) {
    return of(
        text.codePoints().anyMatch(letter -> letter >= 0xac00 && letter <= 0xd7a3) ? "ko" : "en");
  }

  String language() {
    return texts.language();
  }

  Texts texts() {
    return texts;
  }

  String get(String key, Object... arguments) {
    return PLACE
        .matcher(bundle.getString(key))
        .replaceAll(place ->
            Matcher.quoteReplacement(String.valueOf(arguments[Integer.parseInt(place.group(1))])));
  }
}
