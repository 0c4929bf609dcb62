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

  /**
   * An object, or the prefix of a model's files, in an object store.
   *
   * @param key empty for the whole bucket
   */
  record Bucket(String bucket, String key) implements ModelReference {
    /** As the user writes it. */
    @Override
    public String toString() {
      return "s3://" + bucket + "/" + key;
    }
  }

  /**
   * A model of Ollama's registry, or of another that speaks OCI's protocol.
   *
   * @param host with its port, where it has one
   * @param repository with its namespace
   * @param tag or digest
   */
  record Registry(String host, String repository, String tag) implements ModelReference {
    /** As the user writes it. */
    @Override
    public String toString() {
      return "ollama:" + host + "/" + repository + (tag.startsWith("sha256:") ? "@" : ":") + tag;
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
