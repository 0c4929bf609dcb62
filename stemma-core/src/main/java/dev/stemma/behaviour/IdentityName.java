package dev.stemma.behaviour;

import java.util.List;

/**
 * Names by which a model gives itself away.
 *
 * @param maker the organisation
 * @param families its model families
 * @param aliases other spellings of either, in any script
 */
public record IdentityName(String maker, List<String> families, List<String> aliases) {
  /** Copies the lists. */
  public IdentityName {
    families = List.copyOf(families);
    aliases = List.copyOf(aliases);
  }
}
