package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;

/**
 * Fetches one artifact as Maven would, with the user's settings, mirrors, proxies and local
 * repository. Its POM is not read: no dependencies, and no repositories but the user's own.
 */
class MavenClient {
  private final UnaryOperator<ContextOverrides.Builder> options;
  private final boolean logins;

  MavenClient() {
    this(builder -> builder);
  }

  /** With other settings than the user's. */
  MavenClient(UnaryOperator<ContextOverrides.Builder> options) {
    this(options, true);
  }

  private MavenClient(UnaryOperator<ContextOverrides.Builder> options, boolean logins) {
    this.options = options;
    this.logins = logins;
  }

  /**
   * For references that others write: the same mirrors and proxies, but no login to a repository,
   * and a local repository of their own, because the user's holds what he logged in for.
   */
  static MavenClient forOthers(Path localRepository) {
    return new MavenClient(builder -> builder.withLocalRepositoryOverride(localRepository), false);
  }

  /** The artifact's jar in the local repository. */
  Path fetch(ModelReference.Maven named, Progress progress) {
    ContextOverrides.Builder builder =
        ContextOverrides.create()
            .withUserSettings(true)
            .ignoreArtifactDescriptorRepositories(true)
            .transferListener(new Listener(progress));
    Path global = globalSettings();
    if (System.getenv("MAVEN_HOME") == null && Files.isRegularFile(global)) {
      builder.withGlobalSettingsXmlOverride(global);
    }
    try (Context context = Runtimes.INSTANCE.getRuntime().create(options.apply(builder).build())) {
      ArtifactRequest request =
          new ArtifactRequest(
              new DefaultArtifact(named.group(), named.artifact(), "jar", named.version()),
              context.remoteRepositories().stream().map(this::asked).toList(),
              null);
      return context
          .repositorySystem()
          .resolveArtifact(context.repositorySystemSession(), request)
          .getArtifact()
          .getFile()
          .toPath()
          .toRealPath();
    } catch (ArtifactResolutionException | java.io.IOException e) {
      throw new ArtifactException(
          ErrorCode.DOWNLOAD_FAILED,
          named.toString(),
          "",
          "a jar in a Maven repository",
          String.valueOf(e.getMessage()),
          "Check group, artifact and version, the network and Maven's settings.xml.",
          e);
    }
  }

  private RemoteRepository asked(RemoteRepository repository) {
    return logins
        ? repository
        : new RemoteRepository.Builder(repository).setAuthentication(null).build();
  }

  /** Where Debian's Maven keeps the settings of all users. */
  private static Path globalSettings() {
    return Path.of("/etc/maven/settings.xml");
  }

  /** Draws a step for each file that is downloaded. */
  private static final class Listener extends AbstractTransferListener {
    private final Progress progress;
    private final ConcurrentHashMap<String, Progress.Step> steps = new ConcurrentHashMap<>();

    Listener(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void transferStarted(TransferEvent event) {
      String name = event.getResource().getResourceName();
      String shortName = name.substring(name.lastIndexOf('/') + 1);
      steps.put(
          name,
          progress.begin(
              "downloading " + shortName,
              event.getResource().getContentLength(),
              Progress.Unit.BYTES));
    }

    @Override
    public void transferProgressed(TransferEvent event) {
      Progress.Step step = steps.get(event.getResource().getResourceName());
      if (step != null) {
        step.advance(event.getDataBuffer().remaining());
      }
    }

    @Override
    public void transferSucceeded(TransferEvent event) {
      end(event);
    }

    @Override
    public void transferCorrupted(TransferEvent event) {
      end(event);
    }

    @Override
    public void transferFailed(TransferEvent event) {
      end(event);
    }

    private void end(TransferEvent event) {
      Progress.Step step = steps.remove(event.getResource().getResourceName());
      if (step != null) {
        step.close();
      }
    }
  }
}
