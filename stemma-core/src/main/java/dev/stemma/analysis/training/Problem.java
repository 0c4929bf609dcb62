package dev.stemma.analysis.training;

import dev.stemma.artifact.Printable;
import java.io.Serializable;

/** Something in a log that could not be read as it stands; the rest was read. */
public record Problem(String file, String place, String expected, String found)
    implements Serializable {
  /** Makes every text printable: it may come from a hostile file. */
  public Problem {
    file = Printable.text(file);
    place = Printable.text(place);
    expected = Printable.text(expected);
    found = Printable.text(found);
  }

  @Override
  public String toString() {
    return file + ", " + place + ": expected " + expected + ", found " + found;
  }
}
