package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.List;
import java.util.Locale;

/** PyTorch's zip files: a pickled dictionary of tensors, and each storage as an entry. */
public final class PyTorchFormat implements Format {
  private static final int ZIP = 0x04034b50;
  private static final long MAXIMUM_PICKLE_BYTES = 64_000_000;
  private static final String PICKLE = "data.pkl";

  @Override
  public String id() {
    return "pytorch";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = ConfigFormat.fileName(file).toLowerCase(Locale.ROOT);
    return (name.endsWith(".bin") && !name.startsWith("tok"))
        || name.endsWith(".pt")
        || name.endsWith(".pth");
  }

  /** Whether the first bytes are those of a zip archive. */
  static boolean isZip(SourceFile file, ByteSource bytes) {
    return file.sizeBytes() >= 4
        && new HeaderCursor(file, bytes.read(file.range(0, 4)), 0).signed32() == ZIP;
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    return Contents.ofTensors(tensors(file, bytes));
  }

  static List<Tensor> tensors(SourceFile file, ByteSource bytes) {
    if (!isZip(file, bytes)) {
      return LegacyPyTorch.tensors(file, bytes);
    }
    StoredZip zip = StoredZip.read(file, bytes);
    String pickle = pickle(file, zip);
    String folder = pickle.substring(0, pickle.length() - PICKLE.length());
    StoredZip.Entry entry = zip.entry(file, pickle);
    if (entry.length() > MAXIMUM_PICKLE_BYTES) {
      throw HeaderChecks.fail(
          ErrorCode.HEADER_TOO_LARGE,
          file,
          pickle,
          "at most " + MAXIMUM_PICKLE_BYTES + " bytes",
          entry.length() + " bytes");
    }
    littleEndian(file, zip, folder, bytes);
    HeaderCursor cursor =
        new HeaderCursor(file, bytes.read(file.range(entry.offset(), entry.length())), 0);
    Object top = new PickleReader(file, cursor, "data.pkl, ").read();
    return new PyTorchTensors(file, key -> zip.entry(file, folder + "data/" + key)).tensors(top);
  }

  /** PyTorch takes the folder of the first entry; with one pickle there is nothing to choose. */
  private static String pickle(SourceFile file, StoredZip zip) {
    List<String> pickles =
        zip.entries().keySet().stream()
            .filter(
                name -> name.endsWith("/" + PICKLE) && name.indexOf('/') == name.lastIndexOf('/'))
            .sorted()
            .toList();
    if (pickles.size() != 1) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_ARCHIVE,
          file,
          "",
          "one entry .../" + PICKLE,
          pickles.isEmpty() ? "none" : String.join(", ", pickles));
    }
    return pickles.getFirst();
  }

  private static void littleEndian(
      SourceFile file, StoredZip zip, String folder, ByteSource bytes) {
    StoredZip.Entry entry = zip.entries().get(folder + "byteorder");
    if (entry != null && entry.length() <= 16) {
      String order =
          new HeaderCursor(file, bytes.read(file.range(entry.offset(), entry.length())), 0)
              .text(entry.length(), 16);
      if (!order.equals("little")) {
        throw HeaderChecks.fail(
            ErrorCode.UNSUPPORTED_VERSION, file, folder + "byteorder", "little", order);
      }
    }
  }
}
