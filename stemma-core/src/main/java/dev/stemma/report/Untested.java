package dev.stemma.report;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of "what was not tested".
 *
 * @param component null where a whole analysis did not run
 * @param failed true where something broke, false where the question did not apply
 */
public record Untested(String id, @Nullable Component component, String why, boolean failed) {
  static List<Untested> of(Report report) {
    List<Untested> all = new ArrayList<>();
    for (Report.NotTested item : report.notTested()) {
      all.add(new Untested(item.id(), null, item.why(), false));
    }
    for (Evidence evidence : report.evidence()) {
      switch (evidence) {
        case Measured measured -> {}
        case NotApplicable item ->
            all.add(new Untested(item.id(), item.component(), item.why(), false));
        case Failed item -> all.add(new Untested(item.id(), item.component(), item.why(), true));
      }
    }
    return List.copyOf(all);
  }
}
