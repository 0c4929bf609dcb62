package dev.stemma.lab.bench;

import dev.stemma.lab.Lab;
import dev.stemma.lab.bench.TruthSet.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the members of a truth set that the lab has to make. */
public final class Derived {
  private final Lab lab;
  private final Path folder;
  private final SortedMap<String, Member> members = new TreeMap<>();

  private Derived(Lab lab, Path folder) {
    this.lab = lab;
    this.folder = folder;
  }

  /**
   * The same truth, all of it on disk or fetchable.
   *
   * @param folder where derivatives go; those that are there are taken as they are
   */
  public static TruthSet materialise(TruthSet truth, Lab lab, Path folder) throws IOException {
    Derived derived = new Derived(lab, folder);
    for (Member member : truth.members().values()) {
      derived.make(truth, member);
    }
    return new TruthSet(derived.members);
  }

  private Member make(TruthSet truth, Member member) throws IOException {
    Member known = members.get(member.name());
    if (known != null) {
      return known;
    }
    Member made = member;
    TruthSet.Recipe recipe = member.recipe();
    if (recipe != null) {
      // Parents come first; a truth set is a tree, so this ends.
      String base = make(truth, truth.require(recipe.base())).reference();
      Path destination = folder.resolve(member.name() + "-" + recipe.seed());
      if (!Files.exists(destination)) {
        lab.derive(base, recipe.how(), recipe.seed(), destination, companions(base));
      }
      made = member.at(destination.toString());
    }
    members.put(member.name(), made);
    return made;
  }

  private static List<Path> companions(String base) {
    return base.contains(":") ? List.of() : Lab.tokenizerFiles(Path.of(base));
  }
}
