package dev.stemma.source;

import java.net.URI;
import java.nio.file.Path;

/** What a user types to say which model: a path, or a name in a registry. */
public sealed interface ModelReference {
  /** A folder, a file, or an archive on this machine. */
  record Local(Path path) implements ModelReference {}

  /** One artifact of a Maven repository, of exactly this version. */
  record Maven(String group, String artifact, String version) implements ModelReference {
    /** As the user writes it. */
    @Override
    public String toString() {
      return "maven:" + group + ":" + artifact + ":" + version;
    }
  }

  /**
   * One package of an npm registry, of exactly this version.
   *
   * @param name with its scope, as in {@code @scope/name}
   */
  record Npm(String name, String version) implements ModelReference {
    /** As the user writes it. */
    @Override
    public String toString() {
      return "npm:" + name + "@" + version;
    }
  }

  /**
   * One model of the hub.
   *
   * @param name as in {@code org/name}
   * @param revision a branch, tag or commit
   */
  record Hub(String name, String revision) implements ModelReference {
    /** As the user writes it. */
    @Override
    public String toString() {
      return "hf:" + name + (revision.equals("main") ? "" : "@" + revision);
    }
  }

  /** A file, or the folder of a model's files, by its https (on this machine: http) address. */
  record Web(URI uri) implements ModelReference {}

  /**
   * Reads a reference; nothing is looked up yet.
   *
   * @throws dev.stemma.artifact.ArtifactException REFERENCE_SYNTAX with what was meant, most
   *     likely; UNSUPPORTED_SOURCE for a form that this version cannot read
   */
  static ModelReference parse(String text) {
    return ReferenceParser.parse(text);
  }
}
