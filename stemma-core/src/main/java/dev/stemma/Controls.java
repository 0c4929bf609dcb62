package dev.stemma;

import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ControlEvidence;
import java.util.ArrayList;
import java.util.List;

/** Puts what the control pairs gave beside what the pair gave, analysis by analysis. */
final class Controls {
  private Controls() {}

  static List<Evidence> attach(List<Evidence> evidence, List<ControlEvidence> controls) {
    if (controls.isEmpty()) {
      return evidence;
    }
    List<Evidence> out = new ArrayList<>(evidence.size());
    for (Evidence item : evidence) {
      out.add(item instanceof Measured measured ? withControls(measured, controls) : item);
    }
    return out;
  }

  private static Measured withControls(Measured measured, List<ControlEvidence> controls) {
    List<Measured.ControlValue> values = new ArrayList<>(measured.controls());
    List<ControlCurves.Drawn> drawn = new ArrayList<>();
    for (ControlEvidence control : controls) {
      for (Evidence other : control.evidence()) {
        if (other instanceof Measured same
            && same.id().equals(measured.id())
            && same.component() == measured.component()) {
          String name = control.side() + " / " + control.model();
          values.add(new Measured.ControlValue(name, same.statistic().value(), same.log10p()));
          drawn.add(new ControlCurves.Drawn(name, same.figures()));
        }
      }
    }
    return new Measured(
        measured.id(),
        measured.component(),
        measured.supports(),
        measured.statistic(),
        measured.log10p(),
        measured.basis(),
        measured.nullHypothesis(),
        measured.effect(),
        measured.values(),
        measured.layerMap(),
        values,
        ControlCurves.beside(measured.figures(), drawn),
        measured.caveats());
  }
}
