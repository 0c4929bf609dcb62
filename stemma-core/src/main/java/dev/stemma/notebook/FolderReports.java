package dev.stemma.notebook;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON reports in a notebook's folder; what cannot be read is passed over and named. */
final class FolderReports {
  private static final int DEPTH = 4;
  private static final int MOST = 500;
  private static final long LARGEST = 32L << 20;

  /** One of them; the file is relative to the folder. */
  record Found(Path file, String schema, String time, JsonNode json) {
    /** Ids of what it measured. */
    Set<String> measured() {
      Set<String> ids = new TreeSet<>();
      switch (schema) {
        case "stemma.report/1" -> {
          for (JsonNode evidence : json.path("evidence")) {
            if (evidence.path("outcome").asString("").equals("measured")) {
              ids.add(evidence.path("id").asString(""));
            }
          }
        }
        case "stemma.trainlog/1" -> ids.add("training-log");
        case "stemma.tokenizer/1" -> ids.add("tokenizer.vocabulary");
        case "stemma.inspect/1" -> ids.add("architecture.inspect");
        default -> {}
      }
      return ids;
    }
  }

  private final List<Found> all = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();

  private FolderReports() {}

  /** Reads those below a folder, newest first; links are not followed. */
  static FolderReports in(Path folder) {
    FolderReports reports = new FolderReports();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.noneOf(FileVisitOption.class),
          DEPTH,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path place, BasicFileAttributes attributes) {
              return !place.equals(folder) && place.getFileName().toString().startsWith(".")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && file.getFileName().toString().endsWith(".json")) {
                reports.read(folder, file, attributes.size());
              }
              return reports.all.size() < MOST
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      reports.passedOver.add(folder + ": " + e.getMessage());
    }
    reports.all.sort(
        Comparator.comparing(Found::time)
            .reversed()
            .thenComparing(found -> found.file().toString()));
    return reports;
  }

  private void read(Path folder, Path file, long size) {
    Path name = folder.relativize(file);
    if (size > LARGEST) {
      passedOver.add(name + ": larger than " + (LARGEST >> 20) + " MB");
      return;
    }
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (IOException | JacksonException e) {
      passedOver.add(name + ": no JSON");
      return;
    }
    String schema = json.path("schema").asString("");
    if (schema.startsWith("stemma.")) {
      all.add(new Found(name, schema, json.path("tool").path("time").asString(""), json));
    }
  }

  List<Found> all() {
    return all;
  }

  List<String> passedOver() {
    return passedOver;
  }
}
