package dev.stemma;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.source.Gate;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request of a guest: says which of his references may be opened, and takes this machine's
 * paths out of every text that goes back to him.
 */
public final class GuestVisit implements Gate {
  /** Names files that the guest brought. */
  public static final String UPLOAD = "upload:";

  /** Names a model of the catalogue, by its name or reference. */
  public static final String CATALOGUE = "catalogue:";

  private static final Pattern UPLOAD_ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SCHEME =
      Pattern.compile("(?i)^(?:hf:|https:|maven:[^:]*:|npm:|catalogue:)");
  private static final Pattern REMOTE = Pattern.compile("(?i)(?:maven|npm|hf|https):.*");

  /** What means something in JSON, HTML or Markdown, where disguises are put. */
  private static final Pattern UNSAFE = Pattern.compile("[^\\p{L}\\p{N} ._:/@#+-]");

  private static final Pattern SIGNED = Pattern.compile("(?i)(?:s3|ollama):.*");
  private static final Pattern ADDRESS = Pattern.compile("(?i)https:.*");
  private static final int DEEPEST = 12;
  private static final int MOST_PATHS = 100_000;
  private static final int LONGEST_REFERENCE = 4096;

  private final GuestAccess access;
  private final Map<String, String> disguises = new LinkedHashMap<>();
  private boolean signed;
  private boolean addressed;

  GuestVisit(GuestAccess access) {
    this.access = access;
    disguise(access.data().toAbsolutePath().normalize().toString(), "(server)");
  }

  /** What is read in this visit passes here. */
  public Sources sources() {
    return Sources.forOthers(
        access.data().resolve("cache"), access.network(), this, access.trust());
  }

  @Override
  public Entry admit(String reference) {
    if (reference.length() > LONGEST_REFERENCE || reference.indexOf('\0') >= 0) {
      throw refused("(too long)");
    }
    if (reference.startsWith(UPLOAD)) {
      return uploaded(reference);
    }
    if (reference.startsWith(CATALOGUE)) {
      String named = reference.substring(CATALOGUE.length());
      CatalogueEntry known =
          known(named, true).orElseThrow(() -> absent(reference, "no such model in it"));
      return shown(known, reference);
    }
    if (REMOTE.matcher(reference).matches() || isTrusted(reference)) {
      checkTogether(reference);
      return Entry.asWritten(reference);
    }
    Optional<CatalogueEntry> known = known(reference, false);
    if (known.isPresent()) {
      return shown(known.get(), CATALOGUE + known.get().name());
    }
    return new Entry(under(reference).toString(), "");
  }

  /** Buckets and registries want the operator's login, so they are his to open. */
  private boolean isTrusted(String reference) {
    return SIGNED.matcher(reference).matches()
        && !reference.contains("..")
        && !reference.contains("%")
        && !access.trust().everything()
        && access.trust().covers(reference);
  }

  /** An address could lie in the same bucket, beyond the prefix that is trusted. */
  private synchronized void checkTogether(String reference) {
    signed |= SIGNED.matcher(reference).matches();
    addressed |= ADDRESS.matcher(reference).matches();
    if (signed && addressed) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          reference,
          "",
          "buckets and https addresses in requests of their own",
          "both in one",
          "Upload the files of one of them.");
    }
  }

  private Entry shown(CatalogueEntry known, String as) {
    if (!REMOTE.matcher(known.reference()).matches()) {
      disguise(known.reference(), as);
    }
    return new Entry(known.reference(), known.name());
  }

  private Optional<CatalogueEntry> known(String text, boolean byName) {
    Path file = access.catalogue();
    if (file == null) {
      return Optional.empty();
    }
    try (Catalogue catalogue = Catalogue.open(file)) {
      Optional<CatalogueEntry> found = catalogue.find(text);
      return found.isPresent() || !byName ? found : catalogue.named(text);
    }
  }

  private Entry uploaded(String reference) {
    String id = reference.substring(UPLOAD.length());
    Path folder = access.uploads().resolve(id);
    if (!UPLOAD_ID.matcher(id).matches() || !Files.isDirectory(folder)) {
      throw absent(reference.substring(0, Math.min(60, reference.length())), "no such upload");
    }
    String name = "";
    try {
      Path label = access.uploads().resolve(id + ".name");
      name = Files.isRegularFile(label) ? Files.readString(label).strip() : "";
    } catch (IOException e) {
      // It keeps its number for a name.
    }
    disguise(folder.toAbsolutePath().normalize().toString(), name.isEmpty() ? reference : name);
    return new Entry(folder.toString(), name.isEmpty() ? "upload" : name);
  }

  /**
   * A file or folder below the root, links followed.
   *
   * @throws ArtifactException if it is elsewhere, or there is no root
   */
  public Path under(String reference) {
    Path root = access.root();
    if (root == null) {
      throw refused(reference);
    }
    try {
      Path real = root.toRealPath();
      Path found = real.resolve(reference).toRealPath();
      if (found.startsWith(real) && staysBelow(found, real)) {
        disguise(real.toString(), ".");
        return found;
      }
    } catch (IOException | InvalidPathException e) {
      // Outside or nowhere: a guest is not told which.
    }
    throw absent(reference, "nothing there below the root");
  }

  /** No link in a folder leads out of the root. */
  private static boolean staysBelow(Path folder, Path root) throws IOException {
    try (Stream<Path> all = Files.walk(folder, DEEPEST)) {
      Iterator<Path> paths = all.iterator();
      for (int seen = 0; paths.hasNext(); seen++) {
        Path path = paths.next();
        if (seen > MOST_PATHS
            || (Files.isSymbolicLink(path) && !path.toRealPath().startsWith(root))) {
          return false;
        }
      }
      return true;
    } catch (UncheckedIOException e) {
      return false; // a folder in it that may not be read
    }
  }

  private static ArtifactException absent(String reference, String found) {
    return new ArtifactException(
        ErrorCode.NOT_FOUND,
        reference,
        "",
        "a model that can be read from here",
        found,
        "Check the name.");
  }

  private ArtifactException refused(String reference) {
    return new ArtifactException(
        ErrorCode.REFERENCE_SYNTAX,
        reference,
        "",
        "hf:org/name, https://..., maven:group:artifact:version, npm:name@version, an upload or"
            + " catalogue:NAME",
        "another form",
        "Paths of the server cannot be named: upload the files instead.");
  }

  private synchronized void disguise(String path, String shown) {
    if (path.length() > 1) {
      disguises.put(path, UNSAFE.matcher(shown).replaceAll("_"));
    }
  }

  /** A text for the guest: no path of this machine is in it. */
  public synchronized String masked(String text) {
    String masked = text;
    // Longer ones first: an upload's folder lies in the data folder.
    for (Map.Entry<String, String> disguise :
        disguises.entrySet().stream()
            .sorted((a, b) -> Integer.compare(b.getKey().length(), a.getKey().length()))
            .toList()) {
      masked = masked.replace(disguise.getKey(), disguise.getValue());
    }
    @Nullable String home = System.getProperty("user.home");
    return home == null || home.length() < 4 ? masked : masked.replace(home, "(server)");
  }

  /** The same problem without this machine's paths. */
  public ArtifactException masked(ArtifactException problem) {
    if (problem.code() == ErrorCode.ADDRESS_REFUSED) {
      return new ArtifactException(
          problem.code(),
          problem.file(),
          "address",
          "https to a public address",
          "another", // what a name means here is not told
          "Name a public address.",
          problem);
    }
    return new ArtifactException(
        problem.code(),
        masked(problem.file()),
        masked(problem.place()),
        masked(problem.expected()),
        masked(problem.found()),
        masked(problem.nextStep()),
        problem);
  }

  /** Whether a reference is one of a registry, the hub or an address. */
  public static boolean isRemote(String reference) {
    return REMOTE.matcher(reference).matches();
  }

  /** Whether a reference is one of a bucket or a registry of GGUF files. */
  public static boolean isSigned(String reference) {
    return SIGNED.matcher(reference).matches();
  }

  /** A short name of a reference, before anything is read. */
  public static String shortName(String reference) {
    String text = SCHEME.matcher(reference).replaceFirst("");
    int end = text.length();
    while (end > 1 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(text.lastIndexOf('/', end - 1) + 1, end);
  }
}
