package dev.stemma.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import dev.stemma.testing.Chromium;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * People use the pages in Debian's Chromium; axe looks at each. Screenshots are left in {@code
 * target/screenshots}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesInBrowserTest {
  private static final Path SHOTS = Path.of("target", "screenshots");

  @TempDir Path folder;
  private @Nullable Chromium chromium;

  @BeforeAll
  void start() throws IOException {
    chromium = Chromium.start();
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  /** A browser of somebody, who has asked for pages of a language. */
  private BrowserContext somebody(RunningServer server, String locale, ColorScheme colours) {
    BrowserContext context =
        Objects.requireNonNull(chromium)
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setBaseURL(server.uri("").toString())
                    .setLocale(locale)
                    .setColorScheme(colours)
                    .setViewportSize(1000, 900));
    context.setDefaultTimeout(20_000);
    return context;
  }

  private static FilePayload[] files(Path model) throws IOException {
    List<FilePayload> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(model)) {
      for (Path file : all.sorted().toList()) {
        files.add(
            new FilePayload(
                file.getFileName().toString(),
                "application/octet-stream",
                Files.readAllBytes(file)));
      }
    }
    return files.toArray(FilePayload[]::new);
  }

  private static LocatorAssertions.IsVisibleOptions soon() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(60_000);
  }

  /** axe finds nothing on a page, wide and narrow, and nothing is wider than the narrow screen. */
  private void isAccessible(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")).setFullPage(true));
    for (int width : new int[] {390, 1000}) {
      page.setViewportSize(width, 900);
      assertThat(Objects.requireNonNull(chromium).violations(page))
          .as("%s, %s pixels wide", name, width)
          .isEmpty();
      assertThat(page.evaluate("document.documentElement.scrollWidth<=innerWidth"))
          .as("%s scrolls sideways at %s pixels", name, width)
          .isEqualTo(true);
    }
  }

  @Test
  void aNewcomerComparesTwoModelsAndReadsTheVerdict() throws Exception {
    Path a = TinyLlama.write(folder.resolve("a"), 2, 1);
    try (RunningServer server = new RunningServer(folder.resolve("newcomer"));
        BrowserContext context = somebody(server, "en-GB", ColorScheme.LIGHT)) {
      Page page = context.newPage();
      List<String> complaints = new ArrayList<>();
      page.onConsoleMessage(message -> {
        if (message.type().equals("error")) {
          complaints.add(message.text());
        }
      });
      page.navigate("/");
      isAccessible(page, "home-en");
      page.locator("#a-files").setInputFiles(files(a));
      page.locator("#b-files").setInputFiles(files(a));
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Compare").setExact(true))
          .click();
      assertThat(page).hasURL(Pattern.compile(".*/jobs/[0-9a-f]{32}$"));
      // The page follows by itself.
      assertThat(page.getByText("Files and sharing")).isVisible(soon());
      assertThat(page.locator("h1")).containsText(Pattern.compile("identical|same"));
      isAccessible(page, "report-en");

      page.getByText("Files and sharing").click();
      page.getByText("Share or delete").click();
      isAccessible(page, "share-before-en");
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Share by link")).click();
      String link = page.locator("#link").inputValue();
      isAccessible(page, "share-en");
      try (BrowserContext other = somebody(server, "ko-KR", ColorScheme.DARK)) {
        Page theirs = other.newPage();
        theirs.navigate(link);
        assertThat(theirs.locator("html")).hasAttribute("lang", "ko");
        isAccessible(theirs, "shared-ko-dark");
      }
      page.navigate("/jobs");
      assertThat(page.getByRole(AriaRole.TABLE)).containsText("done");
      isAccessible(page, "history-en");
      assertThat(complaints).as("the browser's console").isEmpty();
      assertThat(server.defects).isEmpty();
    }
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    try (RunningServer server = new RunningServer(folder.resolve("keyboard"));
        BrowserContext context = somebody(server, "en-GB", ColorScheme.LIGHT)) {
      Page page = context.newPage();
      page.navigate("/");
      page.keyboard().press("Tab");
      assertThat(focused(page)).isEqualTo("Skip to the content");
      page.keyboard().press("Enter");
      tabTo(page, "a");
      page.keyboard().type("hf:org/a b");
      tabTo(page, "b");
      page.keyboard().type("/etc/passwd");
      page.keyboard().press("Enter");
      // A refused reference says what can be named instead.
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("catalogue:NAME");
      isAccessible(page, "refused-en");
      page.navigate("/");
      tabTo(page, "verify");
      page.keyboard().press("Enter");
      assertThat(page.locator("#model")).isVisible();
      tabTo(page, "model");
      page.keyboard().type("https://localhost/model/");
      page.keyboard().press("Enter");
      assertThat(page.getByText("ADDRESS_REFUSED")).isVisible(soon());
      isAccessible(page, "failed-en");
    }
  }

  /** What has the focus, by its text. */
  private static Object focused(Page page) {
    return page.evaluate("document.activeElement.textContent.trim()");
  }

  /** Presses Tab until an element, or one in it, has the focus. */
  private static void tabTo(Page page, String id) {
    for (int presses = 0; presses < 60; presses++) {
      Object there =
          page.evaluate(
              "id=>{const e=document.activeElement;return"
                  + " e.id===id||e.tagName==='SUMMARY'&&e.parentNode.id===id}",
              id);
      if (Boolean.TRUE.equals(there)) {
        return;
      }
      page.keyboard().press("Tab");
    }
    throw new AssertionError("the keyboard does not reach " + id);
  }

  @Test
  void everyPageIsInKoreanToo() throws Exception {
    Path a = TinyLlama.write(folder.resolve("one"), 2, 1);
    Path b = TinyLlama.write(folder.resolve("two"), 2, 2);
    try (RunningServer server = new RunningServer(folder.resolve("korean"));
        BrowserContext context = somebody(server, "ko-KR", ColorScheme.DARK)) {
      String first = server.upload("첫째", a);
      String second = server.upload("둘째", b);
      String id = server.compare(first, second);
      server.ended(id);
      String tree =
          RunningServer.json(
                  server.post(
                      "/api/jobs",
                      "{\"kind\":\"tree\",\"models\":[\"" + first + "\",\"" + second + "\"]}"))
              .path("id")
              .asString();
      server.ended(tree);
      Page page = context.newPage();
      for (String[] place :
          new String[][] {
            {"/", "home"},
            {"/?open=tree", "tree-form"},
            {"/catalogue", "catalogue"},
            {"/catalogue?name=없는", "catalogue-none"},
            {"/api", "api"},
            {"/jobs", "history"},
            {"/nowhere", "error"},
            {"/jobs/" + id, "report"},
            {"/jobs/" + tree, "tree"}
          }) {
        page.navigate(place[0]);
        assertThat(page.locator("html")).hasAttribute("lang", "ko");
        assertThat(String.valueOf(page.locator("h1").first().textContent()))
            .matches("(?s).*\\p{IsHangul}.*");
        isAccessible(page, place[1] + "-ko-dark");
      }
      page.navigate("/catalogue");
      page.locator("td a").first().click();
      assertThat(page.locator("dl.facts")).isVisible();
      isAccessible(page, "catalogue-entry-ko-dark");
      page.getByText("English").click();
      assertThat(page.locator("html")).hasAttribute("lang", "en");
      isAccessible(page, "catalogue-entry-en-dark");
      assertThat(server.defects).isEmpty();
    }
  }

  @Test
  void scriptsAreNotNeeded() throws Exception {
    Path a = TinyLlama.write(folder.resolve("scriptless"), 2, 1);
    try (RunningServer server = new RunningServer(folder.resolve("scripts-off"));
        BrowserContext context =
            Objects.requireNonNull(chromium)
                .browser()
                .newContext(
                    new Browser.NewContextOptions()
                        .setBaseURL(server.uri("").toString())
                        .setLocale("en-GB")
                        .setJavaScriptEnabled(false))) {
      Page page = context.newPage();
      page.navigate("/");
      page.locator("#a-files").setInputFiles(files(a));
      page.locator("#b-files").setInputFiles(files(a));
      page.locator("button.main").first().click();
      assertThat(page.locator(".verdict").first()).isVisible(soon());
    }
  }

  @Test
  void theTokenIsAskedFor() {
    try (RunningServer server =
            new RunningServer(
                folder.resolve("token"), "a-token-of-some-length", WebSettings.Limits.STANDARD);
        BrowserContext context = somebody(server, "ko-KR", ColorScheme.LIGHT)) {
      Page page = context.newPage();
      page.navigate("/catalogue");
      assertThat(page).hasURL(Pattern.compile(".*/login$"));
      isAccessible(page, "login-ko");
      page.locator("#token").fill("wrong");
      page.keyboard().press("Enter");
      assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
      isAccessible(page, "login-wrong-ko");
      page.locator("#token").fill("a-token-of-some-length");
      page.keyboard().press("Enter");
      assertThat(page.locator("#a")).isVisible();
    }
  }
}
