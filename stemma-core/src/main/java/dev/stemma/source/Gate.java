package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;

/**
 * What references may name where somebody else than the user of this machine writes them: a web
 * page, an agent. Each reference passes here before anything is looked up.
 */
public interface Gate {
  /** The user's own command line. */
  Gate OPEN = Entry::asWritten;

  /**
   * What is opened for a reference.
   *
   * @throws ArtifactException if nothing is
   */
  Entry admit(String reference);

  /**
   * A reference that was let in.
   *
   * @param opened what is looked up
   * @param name what people see in place of the file's or folder's own name; empty to see that
   */
  record Entry(String opened, String name) {
    /** Nothing stands for anything else. */
    public static Entry asWritten(String reference) {
      return new Entry(reference, "");
    }
  }
}
