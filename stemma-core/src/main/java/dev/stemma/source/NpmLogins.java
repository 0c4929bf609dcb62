package dev.stemma.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The user's settings of npm without what logs in. */
final class NpmLogins {
  /**
   * Which registry is asked, and how it is reached; everything else of the settings is left out.
   */
  private static final Pattern KEPT =
      Pattern.compile(
          "(?:@[A-Za-z0-9._~-]+:)?registry|(?:https-|http-)?proxy|noproxy|cafile|strict-ssl");

  private static final Pattern LOGIN =
      Pattern.compile("(?:.*(?:token|auth|password|passwd|username|secret|otp).*)");

  private static final int MAXIMUM_BYTES = 1 << 20;

  private NpmLogins() {}

  /** Takes logins out of the environment and writes settings without any. */
  static void leaveOut(Map<String, String> environment, Path settings) throws IOException {
    List<String> kept = new ArrayList<>();
    String chosen = environment.get("npm_config_userconfig");
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    for (Path file :
        List.of(
            Path.of("/etc/npmrc"), chosen == null ? Path.of(home, ".npmrc") : Path.of(chosen))) {
      if (Files.isRegularFile(file) && Files.size(file) <= MAXIMUM_BYTES) {
        Files.readAllLines(file).stream().filter(NpmLogins::isKept).forEach(kept::add);
      }
    }
    environment.keySet().removeIf(name -> LOGIN.matcher(name.toLowerCase(Locale.ROOT)).matches());
    Files.createDirectories(settings.toAbsolutePath().getParent());
    Files.write(settings, kept);
  }

  private static boolean isKept(String line) {
    int equals = line.indexOf('=');
    return equals > 0
        && KEPT.matcher(line.substring(0, equals).strip()).matches()
        && !line.substring(equals).contains("@");
  }
}
