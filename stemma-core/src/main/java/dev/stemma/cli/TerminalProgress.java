package dev.stemma.cli;

import dev.stemma.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Bars on standard error for steps that last over a second: done, rate, time left. */
final class TerminalProgress implements Progress {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Override
  public Step begin(String what, long total, Unit unit) {
    return new Bar(what, total, unit);
  }

  private static final class Bar implements Step {
    private final String what;
    private final long total;
    private final Unit unit;
    private final Instant start = Instant.now();
    private final AtomicLong done = new AtomicLong();
    private @Nullable ProgressBar bar;
    private boolean closed;

    Bar(String what, long total, Unit unit) {
      this.what = what;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public void advance(long amount) {
      long now = done.addAndGet(amount);
      draw(now);
    }

    private synchronized void draw(long now) {
      if (closed) {
        return;
      }
      if (bar == null) {
        if (Duration.between(start, Instant.now()).compareTo(PATIENCE) < 0) {
          return;
        }
        ProgressBarBuilder builder =
            new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .setMaxRenderedLength(Terminal.width())
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .showSpeed()
                .startsFrom(0, Duration.between(start, Instant.now()));
        if (unit == Unit.BYTES) {
          builder.setUnit(" MB", 1_000_000);
        }
        bar = builder.build();
      }
      bar.stepTo(now);
    }

    @Override
    public synchronized void close() {
      closed = true;
      if (bar != null) {
        bar.close();
      }
    }
  }
}
