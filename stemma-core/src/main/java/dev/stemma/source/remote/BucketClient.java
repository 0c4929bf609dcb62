package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.EntryNames;
import dev.stemma.source.ModelReference;
import dev.stemma.source.SourceFile;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.xml.stream.XMLStreamException;

/** Lists a prefix of a bucket in Amazon's S3, or in a store that speaks as it does. */
public final class BucketClient {
  private static final int MAXIMUM_PAGE_BYTES = 8 << 20;
  private static final int MAXIMUM_FILES = 50_000;
  private static final int MAXIMUM_PAGES = 1_000;
  private static final String FIRST_REGION = "us-east-1";

  private final S3Settings settings;
  private final RemoteStore store;

  /** Who asks, by the bucket's address. */
  private final ConcurrentHashMap<URI, S3Login> logins = new ConcurrentHashMap<>();

  BucketClient(S3Settings settings, RemoteStore store) {
    this.settings = settings;
    this.store = store;
  }

  /** The address of what a reference names: an object, or a prefix with a slash at its end. */
  public URI address(ModelReference.Bucket named) {
    URI bucket = bucket(named.bucket());
    return bucket.resolve("./" + HubClient.encoded(named.key()));
  }

  /**
   * The files below a prefix; those of the usual names where the store gives objects but no list.
   */
  public List<SourceFile> list(ModelReference.Bucket named, HttpFolders folders) {
    URI bucket = bucket(named.bucket());
    String prefix =
        named.key().isEmpty() || named.key().endsWith("/") ? named.key() : named.key() + "/";
    try {
      return list(named, bucket, prefix);
    } catch (ArtifactException e) {
      if (e.code() != ErrorCode.ACCESS_DENIED) {
        throw e;
      }
      List<SourceFile> usual = folders.folder(bucket.resolve("./" + HubClient.encoded(prefix)));
      if (usual.isEmpty()) {
        throw e;
      }
      return usual;
    }
  }

  private List<SourceFile> list(ModelReference.Bucket named, URI bucket, String prefix) {
    List<SourceFile> files = new ArrayList<>();
    String next = "";
    for (int page = 0; page < MAXIMUM_PAGES; page++) {
      URI uri =
          URI.create(
              bucket
                  + "?list-type=2&max-keys=1000&prefix="
                  + HubClient.quoted(prefix)
                  + (next.isEmpty() ? "" : "&continuation-token=" + HubClient.quoted(next)));
      BucketListing listing = page(uri);
      for (BucketListing.Item item : listing.items()) {
        if (!item.key().startsWith(prefix)) {
          throw Failures.download(
              uri, item.key(), "names that begin with " + prefix, "others", null);
        }
        String name = item.key().substring(prefix.length());
        if (name.isEmpty() || name.endsWith("/")) {
          continue; // how consoles mark folders
        }
        EntryNames.check(named.toString(), name);
        files.add(
            new SourceFile(
                name, bucket.resolve("./" + HubClient.encoded(item.key())), item.sizeBytes()));
      }
      if (files.size() > MAXIMUM_FILES) {
        break;
      }
      next = listing.next();
      if (next.isEmpty()) {
        return files;
      }
    }
    throw new ArtifactException(
        ErrorCode.TOO_MANY_ENTRIES,
        named.toString(),
        "",
        "at most " + MAXIMUM_FILES + " files",
        "more",
        "Give the prefix of one model.");
  }

  private BucketListing page(URI uri) {
    try {
      return BucketListing.parse(store.reader().document(store.origin(uri), MAXIMUM_PAGE_BYTES));
    } catch (XMLStreamException e) {
      throw Failures.download(
          uri, "", "a list of objects", "other text: is the endpoint an S3 store?", e);
    }
  }

  /** Who asks for an address, if it lies in a bucket that a reference named. */
  Optional<Origin> origin(URI uri) {
    return logins.values().stream()
        .filter(login -> S3Login.isIn(login.bucket(), uri))
        .findFirst()
        .map(login -> {
          Origin open = Origin.open(uri);
          return new Origin(uri, login, open.loopbackAsked(), false);
        });
  }

  private URI bucket(String name) {
    if (settings.endpoint().isPresent()) {
      URI bucket = URI.create(settings.endpoint().get() + "/" + name + "/");
      return login(bucket, settings.region().isEmpty() ? FIRST_REGION : settings.region());
    }
    String region = region(name);
    String suffix = region.startsWith("cn-") ? ".amazonaws.com.cn/" : ".amazonaws.com/";
    boolean isHostName = name.matches("[a-z0-9-]+");
    return login(
        URI.create(
            isHostName
                ? "https://" + name + ".s3." + region + suffix
                : "https://s3." + region + suffix + name + "/"),
        region);
  }

  /** Any of Amazon's servers says where a bucket lies, whoever asks. */
  private String region(String bucket) {
    String set = settings.region().isEmpty() ? FIRST_REGION : settings.region();
    URI anywhere = URI.create("https://s3.amazonaws.com/" + bucket + "/");
    try {
      return store
          .reader()
          .header(Origin.open(anywhere), "x-amz-bucket-region")
          .filter(text -> text.matches("[a-z0-9-]{1,40}"))
          .orElse(set);
    } catch (ArtifactException e) {
      if (settings.region().isEmpty()) {
        throw e;
      }
      return set; // networks that reach their own region only
    }
  }

  private URI login(URI bucket, String region) {
    logins.putIfAbsent(bucket, new S3Login(settings, bucket, region));
    return bucket;
  }
}
