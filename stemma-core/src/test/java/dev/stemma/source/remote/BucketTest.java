package dev.stemma.source.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.Progress;
import dev.stemma.source.SourceFile;
import dev.stemma.source.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listing says, who is named to whom; {@link S3ServerTest} asks a real store. */
class BucketTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private FaultyServer server;
  private boolean denied;

  @BeforeEach
  void start() throws Exception {
    server = new FaultyServer("127.0.0.1");
    environment.put("AWS_ENDPOINT_URL", server.uri("").toString());
    environment.put("AWS_ACCESS_KEY_ID", "AKIDTEST");
    environment.put("AWS_SECRET_ACCESS_KEY", "topsecret");
    server.put("/models/team/a%20model/config.json", "{}".getBytes(StandardCharsets.UTF_8));
    server.put("/models/team/open/config.json", "{}".getBytes(StandardCharsets.UTF_8));
    server.fault =
        (request, response, callback) -> {
          String query = String.valueOf(request.getHttpURI().getQuery());
          if (!query.startsWith("list-type=2")) {
            return false;
          }
          if (denied) {
            return FaultyServer.say(response, callback, 403, "denied");
          }
          boolean second = query.contains("continuation-token=next%2F1");
          String page =
              second
                  ? item("team/a model/x/y.json", 7)
                  : item("team/a model/config.json", 2)
                      + item("team/a model/", 0)
                      + "<NextContinuationToken>next/1</NextContinuationToken>";
          return FaultyServer.say(response, callback, 200, listing(page));
        };
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String item(String key, long size) {
    return "<Contents><Key>%s</Key><Owner><ID>k</ID></Owner><Size>%d</Size></Contents>"
        .formatted(key, size);
  }

  private static String listing(String items) {
    return "<?xml version=\"1.0\"?><ListBucketResult"
        + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + items
        + "</ListBucketResult>";
  }

  private List<SourceFile> files(String reference) {
    Path cache = folder.resolve("cache");
    Sources sources = RemoteSources.of(cache, 1_000_000, environment, folder);
    return sources.resolve(reference, Progress.NONE).files();
  }

  @Test
  void listsPageAfterPage() {
    assertThat(files("s3://models/team/a model"))
        .extracting(SourceFile::name)
        .containsExactly("config.json", "x/y.json");
    assertThat(server.seen)
        .isNotEmpty()
        .allMatch(seen ->
            seen.authorization().contains("AWS4-HMAC-SHA256 Credential=AKIDTEST/")
                && seen.authorization().contains("/us-east-1/s3/aws4_request"));
  }

  @Test
  void keysOfAProfile() throws Exception {
    environment.remove("AWS_ACCESS_KEY_ID");
    Files.createDirectories(folder.resolve(".aws"));
    Files.writeString(
        folder.resolve(".aws/credentials"),
        "[team]\naws_access_key_id = AKIDFILE\naws_secret_access_key = s\n");
    Files.writeString(folder.resolve(".aws/config"), "[profile team]\nregion = ap-northeast-2\n");
    environment.put("AWS_PROFILE", "team");
    files("s3://models/team/a model");
    assertThat(server.seen)
        .allMatch(
            seen -> seen.authorization().matches("(?s).*AKIDFILE/\\d{8}/ap-northeast-2/s3/.*"));
  }

  @Test
  void nobodyIsNamedWithoutKeysOrElsewhere() {
    environment.remove("AWS_SECRET_ACCESS_KEY");
    files("s3://models/team/a model");
    assertThat(server.seen).allMatch(seen -> seen.authorization().equals("null"));
  }

  /** Keys go to the bucket that was named; an https reference beside it names nobody. */
  @Test
  void keysAreForTheNamedBucketAlone() {
    Remote remote =
        new Remote(
            folder,
            1_000_000,
            NetworkPolicy.COMMAND_LINE,
            environment,
            folder,
            Duration.ofMillis(2));
    try (remote) {
      var bucket =
          remote.buckets().address(new dev.stemma.source.ModelReference.Bucket("models", "team/"));
      assertThat(remote.buckets().origin(bucket)).isPresent();
      assertThat(remote.buckets().origin(server.uri("/models-of-others/x"))).isEmpty();
      S3Login login = new S3Login(S3Settings.of(environment, folder, false), bucket, "r");
      assertThat(login.headers("GET", java.net.URI.create("https://elsewhere.org/team/x")))
          .isEmpty();
      assertThat(login.headers("GET", bucket.resolve("x"))).containsKey("Authorization");
    }
  }

  @Test
  void readsUsualNamesWhereListingIsDenied() {
    denied = true;
    assertThat(files("s3://models/team/open"))
        .extracting(SourceFile::name)
        .containsExactly("config.json");
    ArtifactException failure =
        catchThrowableOfType(ArtifactException.class, () -> files("s3://models/team/none"));
    assertThat(failure.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(failure.nextStep()).contains("s3:ListBucket");
  }

  @Test
  void hostileListings() throws Exception {
    for (String key : List.of("team/../../etc/passwd", "other/x", "team/a\u202eb")) {
      server.fault =
          (request, response, callback) ->
              FaultyServer.say(response, callback, 200, listing(item(key, 1)));
      assertThatThrownBy(() -> files("s3://models/team/")).isInstanceOf(ArtifactException.class);
    }
    String bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>" + listing("&b;");
    assertThatThrownBy(() -> BucketListing.parse(bomb.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(XMLStreamException.class);
    for (String text :
        List.of(
            "",
            "<a/>",
            listing("<Contents><Key>k</Key></Contents>"),
            listing(item("k", 1)).substring(0, 120),
            "{}")) {
      assertThatThrownBy(() -> BucketListing.parse(text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(XMLStreamException.class);
    }
    server.fault =
        (request, response, callback) -> {
          response.getHeaders().put(HttpHeader.LOCATION, server.uri("/x").toString());
          String page =
              listing(
                  item("team/" + Request.getPathInContext(request).hashCode(), 1)
                      + "<NextContinuationToken>again</NextContinuationToken>");
          return FaultyServer.say(response, callback, 200, page);
        };
    assertThat(
            catchThrowableOfType(ArtifactException.class, () -> files("s3://models/team/")).code())
        .isEqualTo(ErrorCode.TOO_MANY_ENTRIES);
  }
}
