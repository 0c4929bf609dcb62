package dev.stemma.catalogue;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Known models in one SQLite file (write-ahead log). Each change is one transaction: a process that
 * is killed loses at most the one that runs.
 */
public final class Catalogue implements AutoCloseable {
  private static final int APPLICATION_ID = 0x53544D41; // STMA
  private static final int VERSION = 1;
  private static final String COLUMNS = "reference, name, digest, added, fingerprint";

  private final Path file;
  private final Connection connection;

  private Catalogue(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Opens a catalogue; makes an empty one where there is no file. */
  public static Catalogue open(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "",
          "a folder that can be made",
          String.valueOf(e.getMessage()),
          "Name another file with --catalogue.",
          e);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(30_000);
    config.enableLoadExtension(false);
    @Nullable Connection opened = null;
    try {
      opened = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
      prepare(opened, file);
      return new Catalogue(file, opened);
    } catch (SQLException | ArtifactException e) {
      if (opened != null) {
        try {
          opened.close();
        } catch (SQLException closing) {
          e.addSuppressed(closing);
        }
      }
      throw e instanceof ArtifactException known ? known : failed(file, (SQLException) e);
    }
  }

  private static void prepare(Connection connection, Path file) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int application = number(statement, "PRAGMA application_id");
      int tables = number(statement, "SELECT count(*) FROM sqlite_master");
      int version = number(statement, "PRAGMA user_version");
      if (tables > 0 && application != APPLICATION_ID) {
        throw new ArtifactException(
            ErrorCode.WRONG_MAGIC,
            file.toString(),
            "",
            "a catalogue of stemma",
            "another program's database",
            "Name another file with --catalogue.");
      }
      if (tables > 0 && version != VERSION) {
        throw new ArtifactException(
            ErrorCode.UNSUPPORTED_VERSION,
            file.toString(),
            "",
            "catalogue version " + VERSION,
            "version " + version,
            "Export it with the version of stemma that made it, and import that.");
      }
      if (tables == 0) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute(
            "CREATE TABLE IF NOT EXISTS model (id INTEGER PRIMARY KEY, reference TEXT NOT NULL"
                + " UNIQUE, name TEXT NOT NULL, digest TEXT NOT NULL, added TEXT NOT NULL,"
                + " fingerprint BLOB NOT NULL)");
        statement.execute(
            "CREATE TABLE IF NOT EXISTS sketch (id INTEGER PRIMARY KEY, vector BLOB NOT NULL)");
        statement.execute("PRAGMA application_id = " + APPLICATION_ID);
        statement.execute("PRAGMA user_version = " + VERSION);
        statement.execute("COMMIT");
      }
    }
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      return result.next() ? result.getInt(1) : 0;
    }
  }

  /** Where it lies. */
  public Path file() {
    return file;
  }

  /** Something done with the database. */
  private interface Work<T> {
    T run() throws SQLException;
  }

  private <T> T doing(Work<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private static ArtifactException failed(Path file, SQLException e) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        file.toString(),
        "",
        "a catalogue that can be read and written",
        String.valueOf(e.getMessage()),
        "Check the file and its folder's rights, or name another file with --catalogue.",
        e);
  }

  /** Everything or nothing of what is done inside. */
  public void inOneTransaction(Runnable work) {
    doing(() -> {
      connection.setAutoCommit(false);
      try {
        work.run();
        connection.commit();
      } catch (RuntimeException | SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
      return true;
    });
  }

  /** Adds an entry, or puts it in the place of the one with its reference. */
  public void put(CatalogueEntry entry) {
    if (doing(connection::getAutoCommit)) {
      inOneTransaction(() -> write(entry));
    } else {
      write(entry);
    }
  }

  private void write(CatalogueEntry entry) {
    doing(() -> {
      try (PreparedStatement model =
              connection.prepareStatement(
                  "INSERT INTO model ("
                      + COLUMNS
                      + ") VALUES (?, ?, ?, ?, ?) ON CONFLICT"
                      + " (reference) DO UPDATE SET name = excluded.name, digest ="
                      + " excluded.digest, added = excluded.added, fingerprint ="
                      + " excluded.fingerprint");
          PreparedStatement sketch =
              connection.prepareStatement(
                  "INSERT OR REPLACE INTO sketch SELECT id, ? FROM model WHERE reference = ?")) {
        model.setString(1, entry.reference());
        model.setString(2, entry.name());
        model.setString(3, entry.digest());
        model.setString(4, entry.added().toString());
        model.setBytes(5, FingerprintFormat.encode(entry.fingerprint()));
        model.executeUpdate();
        ByteBuffer vector =
            ByteBuffer.allocate(4 * Fingerprint.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        vector.asFloatBuffer().put(entry.fingerprint().sketch());
        sketch.setBytes(1, vector.array());
        sketch.setString(2, entry.reference());
        sketch.executeUpdate();
      }
      return true;
    });
  }

  /** Takes an entry away; false where there is none. */
  public boolean remove(String reference) {
    boolean[] found = new boolean[1];
    inOneTransaction(() ->
        doing(() -> {
          for (String command :
              List.of(
                  "DELETE FROM sketch WHERE id = (SELECT id FROM model WHERE reference = ?)",
                  "DELETE FROM model WHERE reference = ?")) {
            try (PreparedStatement delete = connection.prepareStatement(command)) {
              delete.setString(1, reference);
              found[0] = delete.executeUpdate() > 0;
            }
          }
          return true;
        }));
    return found[0];
  }

  /** The entry with a reference. */
  public Optional<CatalogueEntry> find(String reference) {
    return one("reference = ?", statement -> statement.setString(1, reference));
  }

  /** The entry with a name for people; of several the first by reference. */
  public Optional<CatalogueEntry> named(String name) {
    return one("name = ? ORDER BY reference LIMIT 1", statement -> statement.setString(1, name));
  }

  /** A page of the entries whose name or reference holds a text, by name. */
  public List<CatalogueEntry> page(String containing, int from, int count) {
    return doing(() -> {
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT "
                  + COLUMNS
                  + " FROM model WHERE instr(lower(name), lower(?)) OR instr(lower(reference),"
                  + " lower(?)) ORDER BY name, reference LIMIT ? OFFSET ?")) {
        query.setString(1, containing);
        query.setString(2, containing);
        query.setInt(3, count);
        query.setInt(4, from);
        List<CatalogueEntry> entries = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            entries.add(entry(row));
          }
        }
        return entries;
      }
    });
  }

  /** The entry with a number that {@link #sketches} gave. */
  public Optional<CatalogueEntry> at(long id) {
    return one("id = ?", statement -> statement.setLong(1, id));
  }

  /** Sets what a query asks for. */
  private interface Setting {
    void on(PreparedStatement statement) throws SQLException;
  }

  private Optional<CatalogueEntry> one(String where, Setting setting) {
    return doing(() -> {
      try (PreparedStatement query =
          connection.prepareStatement("SELECT " + COLUMNS + " FROM model WHERE " + where)) {
        setting.on(query);
        try (ResultSet row = query.executeQuery()) {
          return row.next() ? Optional.of(entry(row)) : Optional.empty();
        }
      }
    });
  }

  /** Every entry, by reference; one at a time is in memory. */
  public void forEach(Consumer<CatalogueEntry> consumer) {
    doing(() -> {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery("SELECT " + COLUMNS + " FROM model ORDER BY reference")) {
        while (row.next()) {
          consumer.accept(entry(row));
        }
      }
      return true;
    });
  }

  private CatalogueEntry entry(ResultSet row) throws SQLException {
    String reference = row.getString(1);
    return new CatalogueEntry(
        reference,
        row.getString(2),
        row.getString(3),
        Instant.parse(row.getString(4)),
        FingerprintFormat.decode(row.getBytes(5), file.toString(), reference));
  }

  /** How many models. */
  public int size() {
    return doing(() -> {
      try (Statement statement = connection.createStatement()) {
        return number(statement, "SELECT count(*) FROM model");
      }
    });
  }

  /** All sketches in one block of memory. */
  public SketchIndex sketches(Arena arena) {
    return doing(() -> {
      int count = size();
      long bytes = 4L * Fingerprint.LENGTH;
      MemorySegment block = arena.allocate(Math.max(1, count * bytes), 64);
      List<Long> ids = new ArrayList<>(count);
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT id, vector FROM sketch ORDER BY id")) {
        while (row.next() && ids.size() < count) {
          byte[] vector = row.getBytes(2);
          if (vector.length != bytes) {
            throw new SQLException("a sketch of " + vector.length + " bytes");
          }
          MemorySegment.copy(MemorySegment.ofArray(vector), 0, block, ids.size() * bytes, bytes);
          ids.add(row.getLong(1));
        }
      }
      return new SketchIndex(block, ids.stream().mapToLong(Long::longValue).toArray());
    });
  }

  @Override
  public void close() {
    doing(() -> {
      connection.close();
      return true;
    });
  }
}
