package dev.stemma.report;

/** The version of this program. */
public final class ToolVersion {
  /** As in the pom; a test compares them. */
  public static final String VERSION = "0.1.0";

  private ToolVersion() {}
}
