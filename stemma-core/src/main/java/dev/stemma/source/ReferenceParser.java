package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From text to {@link ModelReference}. A new form is one line in {@link #FORMS}. */
final class ReferenceParser {
  /** One scheme: how it is written, and what reads it (nothing where it is not supported yet). */
  private record Form(String example, Optional<Reader> reader) {
    static Form readBy(String example, Reader reader) {
      return new Form(example, Optional.of(reader));
    }

    static Form later(String example) {
      return new Form(example, Optional.empty());
    }
  }

  private interface Reader {
    ModelReference read(String whole, String rest, String example);
  }

  private static final Map<String, Form> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put("maven", Form.readBy("maven:group:artifact:version", ReferenceParser::maven));
    FORMS.put("npm", Form.readBy("npm:name@version", ReferenceParser::npm));
    FORMS.put("file", Form.readBy("file:///path/to/model", ReferenceParser::file));
    FORMS.put("hf", Form.readBy("hf:org/name", ReferenceParser::hub));
    FORMS.put("https", Form.readBy("https://...", ReferenceParser::web));
    FORMS.put("http", Form.readBy("http://localhost...", ReferenceParser::web));
    FORMS.put("s3", Form.readBy("s3://bucket/prefix", ReferenceParser::bucket));
    FORMS.put("ollama", Form.readBy("ollama:name:tag", ReferenceParser::registry));
    FORMS.put("openai", Form.later("openai:BASE_URL#model"));
  }

  private static final String FORMS_THAT_WORK =
      "a path, hf:org/name, https://..., s3://bucket/prefix, ollama:name,"
          + " maven:group:artifact:version or npm:name@version";
  private static final int MAXIMUM_CHARACTERS = 4096;

  /** At least two characters, so that C:\models stays a path. */
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)");

  private static final Pattern MAVEN_WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");
  private static final String NPM_WORD = "[a-z0-9][a-z0-9._~-]{0,213}";
  private static final Pattern NPM =
      Pattern.compile("((?:@" + NPM_WORD + "/)?" + NPM_WORD + ")@([^@]*)");

  /** The npm client would look for a file of such a name. */
  private static final Pattern NPM_FILE = Pattern.compile(".*\\.(?:tgz|tar|tar\\.gz)(?:@.*)?");

  /** A semantic version in full: no tag, no range, no leading v. */
  private static final Pattern EXACT_VERSION =
      Pattern.compile("[0-9]{1,15}(?:\\.[0-9]{1,15}){2}(?:-[0-9A-Za-z.-]{1,100})?");

  private static final String HUB_WORD = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
  private static final Pattern HUB =
      Pattern.compile(
          "(" + HUB_WORD + "(?:/" + HUB_WORD + ")?)(?:@([A-Za-z0-9][A-Za-z0-9._/+-]{0,199}))?");

  private static final Pattern BUCKET =
      Pattern.compile("//([A-Za-z0-9][A-Za-z0-9._-]{2,62})(?:/(.*))?");
  private static final String REGISTRY_WORD = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:((?:[A-Za-z0-9-]+\\.)[A-Za-z0-9.-]{1,200}(?::\\d{1,5})?|localhost(?::\\d{1,5})?)/)?("
              + REGISTRY_WORD
              + "(?:/"
              + REGISTRY_WORD
              + "){0,4})(?::("
              + REGISTRY_WORD
              + ")|@(sha256:[0-9a-f]{64}))?");
  private static final String OLLAMA = "registry.ollama.ai";

  private ReferenceParser() {}

  static ModelReference parse(String text) {
    if (text.isBlank()) {
      throw syntax(text, FORMS_THAT_WORK, "nothing", "Name a model.");
    }
    if (text.length() > MAXIMUM_CHARACTERS || text.chars().anyMatch(Character::isISOControl)) {
      throw syntax(
          text,
          "at most " + MAXIMUM_CHARACTERS + " printable characters",
          text.length() + " characters, or control characters among them",
          "Check what the shell made of the argument.");
    }
    Matcher scheme = SCHEME.matcher(text);
    if (!scheme.matches()) {
      return local(text, text);
    }
    String name = scheme.group(1).toLowerCase(Locale.ROOT);
    Form form = FORMS.get(name);
    if (form == null) {
      throw syntax(text, FORMS_THAT_WORK, "\"" + scheme.group(1) + ":\"", suggestion(text, name));
    }
    if (name.equals("openai")) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_SOURCE,
          text,
          "",
          "a model whose files can be read: " + FORMS_THAT_WORK,
          "an endpoint, which answers and shows no weights, tokenizer or configuration",
          "Ask it with: stemma behave " + text + " --against X --control C");
    }
    if (form.reader().isEmpty()) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_SOURCE,
          text,
          "",
          FORMS_THAT_WORK,
          form.example() + ", which this version cannot read yet",
          "Download the model's files and give their folder.");
    }
    return form.reader().get().read(text, scheme.group(2), form.example());
  }

  private static ModelReference maven(String whole, String rest, String example) {
    String[] words = rest.split(":", -1);
    boolean wellFormed = words.length == 3;
    for (String word : words) {
      wellFormed &= MAVEN_WORD.matcher(word).matches() && !word.contains("..");
    }
    if (!wellFormed) {
      throw syntax(
          whole,
          example,
          "\"" + rest + "\"",
          "Give group, artifact and version, each of letters, digits and . _ - +.");
    }
    String version = words[2];
    if (version.endsWith("-SNAPSHOT") || version.equals("LATEST") || version.equals("RELEASE")) {
      throw syntax(
          whole,
          "an exact version",
          "\"" + version + "\", which means other bytes on another day",
          "Name a released version.");
    }
    return new ModelReference.Maven(words[0], words[1], version);
  }

  private static ModelReference npm(String whole, String rest, String example) {
    Matcher npm = NPM.matcher(rest);
    if (!npm.matches() || NPM_FILE.matcher(rest.toLowerCase(Locale.ROOT)).matches()) {
      throw syntax(
          whole,
          example + " or npm:@scope/name@version",
          "\"" + rest + "\"",
          "Only a name in the registry with an exact version is taken.");
    }
    if (!EXACT_VERSION.matcher(npm.group(2)).matches()) {
      throw syntax(
          whole,
          "an exact version such as 1.2.3",
          "\"" + npm.group(2) + "\"",
          "Tags and ranges mean other bytes on another day: name one version.");
    }
    return new ModelReference.Npm(npm.group(1), npm.group(2));
  }

  private static ModelReference hub(String whole, String rest, String example) {
    Matcher hub = HUB.matcher(rest);
    if (!hub.matches() || rest.contains("..") || rest.contains("//")) {
      throw syntax(
          whole,
          example + " or " + example + "@revision",
          "\"" + rest + "\"",
          "Give the model's name as its page shows it; a revision is a branch, tag or commit.");
    }
    return new ModelReference.Hub(hub.group(1), hub.group(2) == null ? "main" : hub.group(2));
  }

  private static ModelReference bucket(String whole, String rest, String example) {
    Matcher bucket = BUCKET.matcher(rest);
    String key = bucket.matches() && bucket.group(2) != null ? bucket.group(2) : "";
    boolean steps = List.of(key.split("/", -1)).stream().anyMatch(Set.of(".", "..")::contains);
    if (!bucket.matches() || bucket.group(1).contains("..") || steps || key.length() > 1024) {
      throw syntax(
          whole,
          example,
          "\"" + rest + "\"",
          "Give the bucket, and the prefix or the name of one object in it.");
    }
    return new ModelReference.Bucket(bucket.group(1), key);
  }

  private static ModelReference registry(String whole, String rest, String example) {
    Matcher registry = REGISTRY.matcher(rest);
    if (!registry.matches() || rest.contains("..")) {
      throw syntax(
          whole,
          example + ", ollama:namespace/name:tag or ollama:host/namespace/name:tag",
          "\"" + rest + "\"",
          "Give the name as \"ollama pull\" takes it.");
    }
    String host = registry.group(1);
    String name = registry.group(2);
    return new ModelReference.Registry(
        host == null ? OLLAMA : host,
        host == null && !name.contains("/") ? "library/" + name : name,
        registry.group(3) != null
            ? registry.group(3)
            : registry.group(4) != null ? registry.group(4) : "latest");
  }

  private static ModelReference web(String whole, String rest, String example) {
    try {
      URI uri = new URI(whole);
      if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
        return new ModelReference.Web(uri.getRawPath().isEmpty() ? uri.resolve("/") : uri);
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    throw syntax(
        whole,
        example + " with a host, and without a login or blanks",
        "\"" + whole + "\"",
        "Check the address; write a blank as %20.");
  }

  private static ModelReference file(String whole, String rest, String example) {
    try {
      return new ModelReference.Local(Path.of(URI.create(whole)));
    } catch (IllegalArgumentException e) {
      throw syntax(whole, example, "\"file:" + rest + "\"", "Give the path without file:.");
    }
  }

  private static ModelReference local(String whole, String path) {
    try {
      return new ModelReference.Local(Path.of(path));
    } catch (IllegalArgumentException e) {
      throw syntax(whole, "a path", String.valueOf(e.getMessage()), "Check the path.");
    }
  }

  private static String suggestion(String text, String scheme) {
    String path = " A path with a colon is written with ./ before it.";
    for (Map.Entry<String, Form> form : FORMS.entrySet()) {
      if (distance(scheme, form.getKey()) <= (form.getKey().length() > 3 ? 2 : 1)) {
        return "Did you mean " + form.getValue().example() + "?" + path;
      }
    }
    if (scheme.indexOf('.') > 0 && text.chars().filter(c -> c == ':').count() == 2) {
      return "Did you mean maven:" + text + "?" + path;
    }
    return "The forms are: " + FORMS_THAT_WORK + "." + path;
  }

  /** Number of letters to insert, delete or replace (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int column = 0; column <= b.length(); column++) {
      row[column] = column;
    }
    for (int line = 1; line <= a.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column <= b.length(); column++) {
        int replaced = diagonal + (a.charAt(line - 1) == b.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
      }
    }
    return row[b.length()];
  }

  private static ArtifactException syntax(
      String text, String expected, String found, String nextStep) {
    return new ArtifactException(ErrorCode.REFERENCE_SYNTAX, text, "", expected, found, nextStep);
  }
}
