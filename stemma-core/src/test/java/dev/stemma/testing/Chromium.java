package dev.stemma.testing;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** Debian's Chromium, and axe to look at its pages. */
public final class Chromium implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private final Playwright playwright;
  private final Browser browser;
  private final String axe;

  private Chromium(Playwright playwright, Browser browser, String axe) {
    this.playwright = playwright;
    this.browser = browser;
    this.axe = axe;
  }

  /** Starts it; where it is not installed the test is skipped. */
  public static Chromium start() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(PROGRAM), "chromium is not installed");
    String axe;
    try (InputStream in =
        Objects.requireNonNull(Chromium.class.getResourceAsStream("/axe.min.js"))) {
      axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(PROGRAM)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    return new Chromium(playwright, browser, axe);
  }

  public Browser browser() {
    return browser;
  }

  /** What axe finds wrong with a page as it stands, a line each. */
  public List<?> violations(Page page) {
    page.evaluate(axe);
    return (List<?>)
        page.evaluate(
            "axe.run(document,{resultTypes:['violations']}).then(r=>r.violations.map(v=>v.impact+'"
                + " '+v.id+': '+v.nodes.map(n=>n.html.slice(0,200)+' '+n.failureSummary).join(' |"
                + " ')))");
  }

  @Override
  public void close() {
    playwright.close();
  }
}
