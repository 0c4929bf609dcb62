import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks (--dry-run) or rewrites (--replace) the Java files below a folder with google-java-format. */
class FormatCheck {
  public static void main(String[] arguments) throws Exception {
    boolean replace = arguments[0].equals("--replace");
    Path root = Path.of(arguments[1]);
    if (!Files.isDirectory(root)) {
      return;
    }
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    int different = 0;
    java.util.List<Path> files;
    try (var walk = Files.walk(root)) {
      files = walk.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    for (Path file : files) {
      String before = Files.readString(file);
      String after =
          formatter.formatSourceAndFixImports(before);
      if (after.equals(before)) {
        continue;
      }
      if (replace) {
        Files.writeString(file, after);
      } else {
        different++;
        System.err.println("not formatted: " + file);
      }
    }
    if (different > 0) {
      System.err.println(different + " file(s) not formatted; mend with: mvn -q -Pformat process-sources");
      System.exit(1);
    }
  }
}
