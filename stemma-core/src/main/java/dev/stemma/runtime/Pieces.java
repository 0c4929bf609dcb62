package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Text of a growing sequence of ids, piece by piece: what an id adds depends on those before it (a
 * leading space, a character of several tokens), so each piece is the difference of two decodings
 * of the last few ids. A character that is not whole yet adds nothing until it is.
 */
public final class Pieces {
  private static final int LOOK_BACK = 4;
  private static final int MAXIMUM_WAITING = 16;
  private static final String INCOMPLETE = "\uFFFD";

  private final TextCodec codec;
  private final List<Integer> ids = new ArrayList<>();

  /** Ids before this index are written out. */
  private int written;

  /** Starts with nothing. */
  public Pieces(TextCodec codec) {
    this.codec = codec;
  }

  /** The text that an id adds. */
  public String add(int id) {
    ids.add(id);
    int from = Math.max(0, written - LOOK_BACK);
    String before = codec.decode(ids.subList(from, written));
    String now = codec.decode(ids.subList(from, ids.size()));
    boolean waits = now.endsWith(INCOMPLETE) && ids.size() - written < MAXIMUM_WAITING;
    if (waits || !now.startsWith(before)) {
      return "";
    }
    written = ids.size();
    return now.substring(before.length());
  }

  /** The text that another id would have added in the place of the last one. */
  public String instead(int id) {
    List<Integer> window =
        new ArrayList<>(
            ids.subList(Math.max(0, ids.size() - 1 - LOOK_BACK), Math.max(0, ids.size() - 1)));
    String before = codec.decode(window);
    window.add(id);
    String now = codec.decode(window);
    return now.startsWith(before) ? now.substring(before.length()) : codec.decode(List.of(id));
  }
}
