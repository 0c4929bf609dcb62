package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real browser opens the report, where Debian's Chromium is installed. */
class BrowserTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  @Test
  void theReportOpensAndItsScriptRuns(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "chromium is not installed");
    Path report = Path.of("target", "report-sample", "report-ko.html").toAbsolutePath();
    Reports.write(SampleReports.large(), report, Texts.of("ko"));
    Reports.write(SampleReports.large(), report.resolveSibling("report-en.html"));
    Path shot = report.resolveSibling("report-ko.png");
    Files.deleteIfExists(shot);
    browse(folder, report, "--window-size=1100,1600", "--screenshot=" + shot);
    assertThat(Files.size(shot)).isGreaterThan(20_000);

    Path pdf = folder.resolve("report.pdf");
    browse(folder, report, "--no-pdf-header-footer", "--print-to-pdf=" + pdf);
    assertThat(Files.readAllBytes(pdf))
        .startsWith("%PDF".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static void browse(Path folder, Path page, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of(options));
    command.add(page.toUri().toString());
    Process browser =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    boolean ended = browser.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      browser.destroyForcibly();
    }
    assertThat(ended).as(Files.readString(folder.resolve("log"))).isTrue();
  }
}
