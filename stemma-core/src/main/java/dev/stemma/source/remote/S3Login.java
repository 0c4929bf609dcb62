package dev.stemma.source.remote;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * Signs each request to one bucket (Signature Version 4), and no other.
 *
 * @param bucket its address, with a slash at the end
 */
record S3Login(S3Settings settings, URI bucket, String region) implements Authoriser {
  private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

  /** Whether an address lies in the bucket. */
  static boolean isIn(URI bucket, URI uri) {
    return uri.getHost() != null
        && Authoriser.sameOrigin(uri, bucket)
        && uri.getRawPath() != null
        && uri.getRawPath().startsWith(bucket.getRawPath());
  }

  @Override
  public Map<String, String> headers(String method, URI hop) {
    Optional<AwsCredentials> keys = isIn(bucket, hop) ? settings.credentials() : Optional.empty();
    if (keys.isEmpty()) {
      return Map.of();
    }
    SdkHttpRequest request =
        SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(method)).uri(hop).build();
    Map<String, String> headers = new TreeMap<>();
    SIGNER
        .sign(signing ->
            signing
                .identity(keys.get())
                .request(request)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false))
        .request()
        .forEachHeader((name, values) -> {
          if (!name.toLowerCase(Locale.ROOT).equals("host")) {
            headers.put(name, values.getFirst());
          }
        });
    return headers;
  }

  @Override
  public String advice() {
    return settings.credentials().isEmpty()
        ? "No key was found, so nobody was named: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            + " (and AWS_SESSION_TOKEN), or AWS_PROFILE; a profile with a login page first needs"
            + " its own program's export-credentials."
        : "The key may not read this: it needs s3:GetObject and s3:ListBucket on the bucket, and"
            + " the region must be the bucket's (AWS_REGION; now "
            + region
            + ").";
  }
}
