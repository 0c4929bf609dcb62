package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import dev.stemma.testing.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report of a pair of sixty layers as a reader has it, in Debian's Chromium. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportInBrowserTest {
  private static final Path FOLDER = Path.of("target", "report-sample").toAbsolutePath();
  private static final String OPEN_ALL =
      "document.querySelectorAll('details').forEach(each => each.open = true)";

  private final List<String> requests = new ArrayList<>();
  private Chromium chromium;

  @BeforeAll
  void start() throws IOException {
    chromium = Chromium.start();
    Reports.write(SampleReports.large(), file("en"), Texts.of("en"));
    Reports.write(SampleReports.large(), file("ko"), Texts.of("ko"));
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static Path file(String language) {
    return FOLDER.resolve("sixty-" + language + ".html");
  }

  private Page open(String language, int width, ColorScheme colours) {
    BrowserContext context =
        chromium
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setBypassCSP(true) // for axe; the report itself needs nothing
                    .setViewportSize(width, 1200)
                    .setColorScheme(colours));
    Page page = context.newPage();
    page.onRequest(request -> requests.add(request.url()));
    page.onPageError(error -> requests.add("error: " + error));
    page.navigate(file(language).toUri().toString());
    return page;
  }

  @ParameterizedTest
  @CsvSource({
    "en, 1280, LIGHT",
    "en, 400, DARK",
    "ko, 400, LIGHT",
    "ko, 1280, DARK",
  })
  void axeFindsNoViolationAndNothingIsFetched(String language, int width, ColorScheme colours) {
    requests.clear();
    try (Page page = open(language, width, colours)) {
      page.evaluate(OPEN_ALL);
      assertThat(chromium.violations(page)).isEqualTo(List.of());
      assertThat(requests).containsExactly(file(language).toUri().toString());
      assertThat(page.evaluate("document.documentElement.scrollWidth"))
          .as("nothing stands out at the side")
          .isEqualTo(width);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(FOLDER.resolve("sixty-" + language + "-" + width + ".png"))
              .setFullPage(true));
    }
  }

  @Test
  void aReportOfSixtyLayersIsUnderTwoMegabytes() throws IOException {
    assertThat(Files.size(file("en"))).isLessThan(2_000_000);
  }

  @Test
  void heatMapsAreReadByKeyboard() {
    try (Page page = open("en", 1280, ColorScheme.LIGHT)) {
      page.evaluate(OPEN_ALL);
      page.locator("svg.heat-map").first().focus();
      page.keyboard().press("ArrowRight");
      page.keyboard().press("ArrowDown");
      assertThat(page.locator("figure:has(svg.heat-map) output").first().textContent())
          .containsPattern("1 × .*1: ≈ [\\d.]+");
    }
  }

  @Test
  void printedAllIsOpenAndTheContentsAreLeftOut() {
    try (Page page = open("en", 800, ColorScheme.LIGHT)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
      assertThat(page.locator("nav").isVisible()).isFalse();
      assertThat(page.pdf(new Page.PdfOptions().setFormat("A4"))).hasSizeGreaterThan(50_000);
    }
  }
}
