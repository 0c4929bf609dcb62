package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * The object store and its keys as other programs find them: {@code AWS_ENDPOINT_URL_S3}, {@code
 * AWS_ENDPOINT_URL}, {@code AWS_REGION}, {@code AWS_ACCESS_KEY_ID} and its like, {@code
 * AWS_PROFILE}, and the files in {@code ~/.aws}. The service that gives a machine its keys lies at
 * a private address and is asked only where the policy allows these.
 *
 * @param endpoint of another store than Amazon's, its buckets in the path
 * @param region empty where none is set
 * @param keys asked in turn
 */
record S3Settings(Optional<URI> endpoint, String region, List<AwsCredentialsProvider> keys) {
  S3Settings {
    keys = List.copyOf(keys);
  }

  static S3Settings of(Map<String, String> environment, Path home, boolean allowPrivate) {
    Variables variables = new Variables(environment);
    Path folder = home.resolve(".aws");
    ProfileFile profiles =
        profiles(
            variables
                .text("AWS_SHARED_CREDENTIALS_FILE")
                .map(Path::of)
                .orElse(folder.resolve("credentials")),
            variables.text("AWS_CONFIG_FILE").map(Path::of).orElse(folder.resolve("config")));
    String name = variables.text("AWS_PROFILE").orElse("default");
    Optional<Profile> profile = profiles.profile(name);
    return new S3Settings(
        variables
            .text("AWS_ENDPOINT_URL_S3")
            .or(() -> variables.text("AWS_ENDPOINT_URL"))
            .or(() -> profile.flatMap(found -> found.property("endpoint_url")))
            .map(S3Settings::endpoint),
        variables
            .text("AWS_REGION")
            .or(() -> variables.text("AWS_DEFAULT_REGION"))
            .or(() -> profile.flatMap(found -> found.property("region")))
            .filter(text -> text.matches("[a-z0-9-]{1,40}"))
            .orElse(""),
        keys(variables, profiles, name, allowPrivate));
  }

  private static List<AwsCredentialsProvider> keys(
      Variables variables, ProfileFile profiles, String name, boolean allowPrivate) {
    List<AwsCredentialsProvider> keys = new ArrayList<>();
    Optional<String> id = variables.text("AWS_ACCESS_KEY_ID");
    Optional<String> secret = variables.text("AWS_SECRET_ACCESS_KEY");
    if (id.isPresent() && secret.isPresent()) {
      AwsCredentials written =
          variables
              .text("AWS_SESSION_TOKEN")
              .<AwsCredentials>map(
                  token -> AwsSessionCredentials.create(id.get(), secret.get(), token))
              .orElseGet(() -> AwsBasicCredentials.create(id.get(), secret.get()));
      keys.add(StaticCredentialsProvider.create(written));
    }
    if (profiles.profile(name).isPresent()) {
      keys.add(
          ProfileCredentialsProvider.builder().profileFile(profiles).profileName(name).build());
    }
    if (variables.has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        || variables.has("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      keys.add(ContainerCredentialsProvider.create());
    }
    if (allowPrivate) {
      keys.add(InstanceProfileCredentialsProvider.create());
    }
    return keys;
  }

  /** The first keys that can be had; nothing where the user has none, as for public buckets. */
  Optional<AwsCredentials> credentials() {
    for (AwsCredentialsProvider provider : keys) {
      try {
        return Optional.of(provider.resolveCredentials());
      } catch (SdkClientException | IllegalStateException e) {
        // The next one may have keys; a refused request says what to set.
      }
    }
    return Optional.empty();
  }

  private static ProfileFile profiles(Path credentials, Path config) {
    try {
      ProfileFile.Aggregator both = ProfileFile.aggregator();
      if (Files.isRegularFile(credentials)) {
        both.addFile(
            ProfileFile.builder().content(credentials).type(ProfileFile.Type.CREDENTIALS).build());
      }
      if (Files.isRegularFile(config)) {
        both.addFile(
            ProfileFile.builder().content(config).type(ProfileFile.Type.CONFIGURATION).build());
      }
      return both.build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          credentials.getParent() + "",
          "",
          "files of profiles as other programs write them",
          String.valueOf(e.getMessage()),
          "Correct the file, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
          e);
    }
  }

  private static URI endpoint(String text) {
    return Variables.endpoint(
        text,
        "AWS_ENDPOINT_URL",
        "Correct or unset AWS_ENDPOINT_URL (or endpoint_url in ~/.aws/config).");
  }
}
