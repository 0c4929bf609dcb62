package dev.stemma.artifact;

import org.jspecify.annotations.Nullable;

/**
 * An input that cannot be used: which file, where in it, what was expected, what was found, and
 * what to do. The program ends with exit code 2.
 */
public final class ArtifactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String file;
  private final String place;
  private final String expected;
  private final String found;
  private final String nextStep;

  /**
   * Creates the error. Every text may hold hostile names: it is made printable here, once.
   *
   * @param code the stable code
   * @param file the file or reference
   * @param place where in it (a tensor, a key, a byte offset)
   * @param expected what should be there
   * @param found what is there
   * @param nextStep what the user can do
   */
  public ArtifactException(
      ErrorCode code, String file, String place, String expected, String found, String nextStep) {
    this(code, file, place, expected, found, nextStep, null);
  }

  /** As above, with the cause. */
  public ArtifactException(
      ErrorCode code,
      String file,
      String place,
      String expected,
      String found,
      String nextStep,
      @Nullable Throwable cause) {
    super(message(code, file, place, expected, found, nextStep), cause);
    this.code = code;
    this.file = Printable.text(file);
    this.place = Printable.text(place);
    this.expected = Printable.text(expected);
    this.found = Printable.text(found);
    this.nextStep = Printable.text(nextStep);
  }

  /** The stable code. */
  public ErrorCode code() {
    return code;
  }

  /** The file or reference. */
  public String file() {
    return file;
  }

  /** Where in the file. */
  public String place() {
    return place;
  }

  /** What should be there. */
  public String expected() {
    return expected;
  }

  /** What is there. */
  public String found() {
    return found;
  }

  /** What the user can do. */
  public String nextStep() {
    return nextStep;
  }

  private static String message(
      ErrorCode code, String file, String place, String expected, String found, String nextStep) {
    return Printable.text(file)
        + (place.isEmpty() ? "" : ", " + Printable.text(place))
        + ": expected "
        + Printable.text(expected)
        + ", found "
        + Printable.text(found)
        + ". "
        + Printable.text(nextStep)
        + " ["
        + code
        + "]";
  }
}
