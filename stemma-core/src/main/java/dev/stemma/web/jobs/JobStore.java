package dev.stemma.web.jobs;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Jobs and results in one SQLite file. A result and the state that announces it are one
 * transaction, forced to disk: whoever sees a job done finds all its documents, whatever dies when.
 */
public final class JobStore implements AutoCloseable {
  private static final int APPLICATION_ID = 0x53544D4A; // STMJ
  private static final int VERSION = 1;
  private static final String COLUMNS =
      "id, number, request, title, state, created, started, finished, attempts, client, relation,"
          + " problem, share";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final Connection writer;
  private final Connection reader;

  private JobStore(Path file, Connection writer, Connection reader) {
    this.file = file;
    this.writer = writer;
    this.reader = reader;
  }

  /** Opens the file, or makes it. */
  public static JobStore open(Path file) {
    Connection writer = connect(file);
    try (Statement statement = writer.createStatement()) {
      int tables = number(statement, "SELECT count(*) FROM sqlite_master");
      if (tables > 0
          && (number(statement, "PRAGMA application_id") != APPLICATION_ID
              || number(statement, "PRAGMA user_version") != VERSION)) {
        throw new ArtifactException(
            ErrorCode.UNSUPPORTED_VERSION,
            file.toString(),
            "",
            "jobs of this version of stemma",
            "another database",
            "Name another folder with --data.");
      }
      if (tables == 0) {
        for (String command :
            List.of(
                "BEGIN IMMEDIATE",
                "CREATE TABLE job (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL"
                    + " UNIQUE, request TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL,"
                    + " created INTEGER NOT NULL, started INTEGER, finished INTEGER, attempts"
                    + " INTEGER NOT NULL DEFAULT 0, client TEXT NOT NULL, relation TEXT, problem"
                    + " TEXT, share TEXT UNIQUE)",
                "CREATE INDEX job_state ON job (state)",
                "CREATE TABLE document (job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,"
                    + " name TEXT NOT NULL, gzip BLOB NOT NULL, PRIMARY KEY (job, name))",
                "PRAGMA application_id = " + APPLICATION_ID,
                "PRAGMA user_version = " + VERSION,
                "COMMIT")) {
          statement.execute(command);
        }
      }
      return new JobStore(file, writer, connect(file));
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private static Connection connect(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(30_000);
    config.enforceForeignKeys(true);
    config.enableLoadExtension(false);
    try {
      return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery(query)) {
      return result.next() ? result.getInt(1) : 0;
    }
  }

  private static ArtifactException failed(Path file, SQLException e) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        String.valueOf(file.getFileName()),
        "",
        "a database that can be read and written",
        String.valueOf(e.getMessage()),
        "Check the data folder, its rights and the room on its disk.",
        e);
  }

  private interface Work<T> {
    T on(PreparedStatement statement) throws SQLException;
  }

  private <T> T doing(Connection connection, String command, Work<T> work) {
    synchronized (connection) {
      try (PreparedStatement statement = connection.prepareStatement(command)) {
        return work.on(statement);
      } catch (SQLException e) {
        throw failed(file, e);
      }
    }
  }

  private int update(String command, @Nullable Object... values) {
    return doing(
        writer,
        command,
        statement -> {
          set(statement, values);
          return statement.executeUpdate();
        });
  }

  private static void set(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int index = 0; index < values.length; index++) {
      statement.setObject(index + 1, values[index]);
    }
  }

  private List<Job> jobs(String where, @Nullable Object... values) {
    return doing(
        reader,
        "SELECT " + COLUMNS + " FROM job WHERE " + where,
        statement -> {
          set(statement, values);
          List<Job> jobs = new ArrayList<>();
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              jobs.add(job(row));
            }
          }
          return jobs;
        });
  }

  private static Job job(ResultSet row) throws SQLException {
    return new Job(
        row.getString(1),
        row.getLong(2),
        JobRequest.parse(row.getString(3)),
        row.getString(4),
        JobState.of(row.getString(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        time(row, 7),
        time(row, 8),
        row.getInt(9),
        row.getString(10),
        row.getString(11),
        row.getString(12),
        row.getString(13));
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(value);
  }

  /** 128 random bits. */
  public static String secret() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Takes a job into the queue. */
  public Job add(JobRequest request, String title, String client) {
    String id = secret();
    update(
        "INSERT INTO job (id, request, title, state, created, client) VALUES (?, ?, ?, 'queued',"
            + " ?, ?)",
        id,
        request.json(),
        title,
        System.currentTimeMillis(),
        client);
    return find(id).orElseThrow();
  }

  /** The job of an id. */
  public Optional<Job> find(String id) {
    return jobs("id = ?", id).stream().findFirst();
  }

  /** The job that is shared under a secret. */
  public Optional<Job> shared(String secret) {
    return jobs("share = ?", secret).stream().findFirst();
  }

  /** The newest first. */
  public List<Job> newest(int count, long beforeNumber) {
    return jobs(
        "number < ? ORDER BY number DESC LIMIT " + count,
        beforeNumber <= 0 ? Long.MAX_VALUE : beforeNumber);
  }

  /** Those that wait, the first first. */
  public List<Job> waiting() {
    return jobs("state = 'queued' ORDER BY number");
  }

  /** How many of a client's jobs (of anybody's, if it is null) wait or run. */
  public int unfinished(@Nullable String client) {
    return doing(
        reader,
        "SELECT count(*) FROM job WHERE state IN ('queued', 'running')"
            + (client == null ? "" : " AND client = ?"),
        statement -> {
          if (client != null) {
            statement.setString(1, client);
          }
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
          }
        });
  }

  /** Whether a job that has not ended names an upload. */
  public boolean needs(String upload) {
    return !jobs("state IN ('queued', 'running') AND instr(request, ?)", upload).isEmpty();
  }

  /** Marks a waiting job as begun; false if it no longer waits. */
  public boolean begin(String id) {
    return update(
            "UPDATE job SET state = 'running', started = ?, attempts = attempts + 1 WHERE id = ?"
                + " AND state = 'queued'",
            System.currentTimeMillis(),
            id)
        > 0;
  }

  /** Ends a job that waits or runs without a result; false if it has ended already. */
  public boolean end(String id, JobState state, @Nullable String problem) {
    return update(
            "UPDATE job SET state = ?, problem = ?, finished = ? WHERE id = ? AND state IN"
                + " ('queued', 'running')",
            state.key(),
            problem,
            System.currentTimeMillis(),
            id)
        > 0;
  }

  /** Puts a job back into the queue as if it had not been begun. */
  public void again(String id) {
    update(
        "UPDATE job SET state = 'queued', attempts = attempts - 1 WHERE id = ? AND state ="
            + " 'running'",
        id);
  }

  /** Publishes a result: all documents and the state at once, or nothing. */
  public boolean publish(String id, Outcome outcome) {
    synchronized (writer) {
      try {
        writer.setAutoCommit(false);
        try (PreparedStatement job =
                writer.prepareStatement(
                    "UPDATE job SET state = 'done', title = ?, relation = ?, finished = ?, problem"
                        + " = NULL WHERE id = ? AND state = 'running'");
            PreparedStatement document =
                writer.prepareStatement(
                    "INSERT INTO document (job, name, gzip) VALUES (?, ?, ?)")) {
          set(job, outcome.title(), outcome.relation(), System.currentTimeMillis(), id);
          boolean running = job.executeUpdate() > 0;
          if (running) {
            for (Document item : outcome.documents()) {
              set(document, id, item.name(), item.gzip());
              document.executeUpdate();
            }
          }
          writer.commit();
          return running;
        } catch (SQLException e) {
          writer.rollback();
          throw e;
        } finally {
          writer.setAutoCommit(true);
        }
      } catch (SQLException e) {
        throw failed(file, e);
      }
    }
  }

  /** One document of a result. */
  public Optional<Document> document(String id, String name) {
    return doing(
        reader,
        "SELECT gzip FROM document WHERE job = ? AND name = ?",
        statement -> {
          set(statement, id, name);
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(new Document(name, row.getBytes(1))) : Optional.empty();
          }
        });
  }

  /** The names of a result's documents. */
  public List<String> documents(String id) {
    return doing(
        reader,
        "SELECT name FROM document WHERE job = ? ORDER BY name",
        statement -> {
          set(statement, id);
          List<String> names = new ArrayList<>();
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              names.add(row.getString(1));
            }
          }
          return names;
        });
  }

  /** Shares a finished job under a new secret, or (null) no longer. */
  public void share(String id, @Nullable String secret) {
    update("UPDATE job SET share = ? WHERE id = ? AND state = 'done'", secret, id);
  }

  /** Removes a job that has ended, with its result. */
  public boolean delete(String id) {
    return update("DELETE FROM job WHERE id = ? AND state NOT IN ('queued', 'running')", id) > 0;
  }

  /**
   * After a restart: what ran waits again, unless it was begun too often, for then it is what kills
   * the server.
   */
  public void recover(int mostAttempts, String problem) {
    update(
        "UPDATE job SET state = 'interrupted', problem = ?, finished = ? WHERE state = 'running'"
            + " AND attempts >= ?",
        problem,
        System.currentTimeMillis(),
        mostAttempts);
    update("UPDATE job SET state = 'queued' WHERE state = 'running'");
  }

  @Override
  public void close() {
    for (Connection connection : List.of(reader, writer)) {
      synchronized (connection) {
        try {
          connection.close();
        } catch (SQLException e) {
          throw failed(file, e);
        }
      }
    }
  }
}
