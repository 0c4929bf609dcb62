package dev.stemma.runtime;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Role;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte-pair merging (Sennrich et al. 2016) by rank, where a token's id is its rank, as in
 * SentencePiece's BPE models and tiktoken's files. SentencePiece puts a space before a text and a
 * token before a sequence; bytes stand in for what no piece covers.
 */
public final class RankedPieces implements TextCodec {
  private static final int BEGINNING = 1;

  private final Tokenizer tokenizer;
  private final boolean sentencePiece;
  private final Map<String, Integer> idByPiece = new HashMap<>();
  private final Map<Integer, Integer> idByByte = new HashMap<>();
  private final Map<String, Integer> idByMark = new HashMap<>();

  /** Prepares the tables of a vocabulary. */
  public RankedPieces(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.sentencePiece = tokenizer.kind() != Tokenizer.Kind.BYTE_LEVEL_BPE;
    for (int index = 0; index < tokenizer.size(); index++) {
      if (tokenizer.role(index) == Role.BYTE && tokenizer.length(index) == 1) {
        idByByte.put(tokenizer.byteAt(index, 0) & 0xff, tokenizer.id(index));
      } else if (tokenizer.role(index) == Role.CONTROL) {
        String mark = new String(tokenizer.bytes(index), StandardCharsets.UTF_8);
        if (!mark.isBlank()) {
          idByMark.putIfAbsent(mark, tokenizer.id(index));
        }
      } else if (tokenizer.role(index) == Role.TEXT || tokenizer.role(index) == Role.ADDED) {
        idByPiece.putIfAbsent(key(tokenizer.bytes(index)), tokenizer.id(index));
      }
    }
  }

  @Override
  public List<Integer> encode(String text) {
    List<Integer> ids = new ArrayList<>();
    if (sentencePiece) {
      ids.add(BEGINNING);
    }
    encode(sentencePiece && !text.isEmpty() ? " " + text : text, ids);
    return ids;
  }

  @Override
  public List<Integer> encodeMarked(String text) {
    List<Integer> ids = new ArrayList<>();
    int from = 0;
    for (int at = 0; at < text.length(); at++) {
      String mark = markAt(text, at);
      if (!mark.isEmpty()) {
        encode(text.substring(from, at), ids);
        ids.add(java.util.Objects.requireNonNull(idByMark.get(mark)));
        from = at + mark.length();
        at = from - 1;
      }
    }
    encode(text.substring(from), ids);
    return ids;
  }

  /** The longest control token that is written here; empty for none. */
  private String markAt(String text, int at) {
    String best = "";
    for (String mark : idByMark.keySet()) {
      if (mark.length() > best.length() && text.startsWith(mark, at)) {
        best = mark;
      }
    }
    return best;
  }

  private void encode(String prepared, List<Integer> ids) {
    List<String> pieces = new ArrayList<>();
    prepared
        .codePoints()
        .forEach(point ->
            pieces.add(key(new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8))));
    if (!sentencePiece) {
      pieces.clear();
      for (byte one : prepared.getBytes(StandardCharsets.UTF_8)) {
        pieces.add(key(new byte[] {one}));
      }
    }
    merge(pieces);
    for (String piece : pieces) {
      Integer id = idByPiece.get(piece);
      if (id != null) {
        ids.add(id);
      } else {
        for (byte one : piece.getBytes(StandardCharsets.ISO_8859_1)) {
          ids.add(idByByte.getOrDefault(one & 0xff, 0));
        }
      }
    }
  }

  private void merge(List<String> pieces) {
    while (true) {
      int bestRank = Integer.MAX_VALUE;
      int bestAt = -1;
      for (int i = 0; i + 1 < pieces.size(); i++) {
        Integer rank = idByPiece.get(pieces.get(i) + pieces.get(i + 1));
        if (rank != null && rank < bestRank) {
          bestRank = rank;
          bestAt = i;
        }
      }
      if (bestAt < 0) {
        return;
      }
      pieces.set(bestAt, pieces.get(bestAt) + pieces.remove(bestAt + 1));
    }
  }

  @Override
  public String decode(List<Integer> ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      int index = tokenizer.indexOf(id).orElse(-1);
      if (index < 0
          || tokenizer.role(index) == Role.CONTROL
          || tokenizer.role(index) == Role.UNUSED) {
        continue;
      }
      bytes.writeBytes(tokenizer.bytes(index));
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    boolean first = !ids.isEmpty() && ids.getFirst() == BEGINNING;
    return sentencePiece && first && text.startsWith(" ") ? text.substring(1) : text;
  }

  /** Bytes as a string with one character a byte, so that pieces can be joined and looked up. */
  private static String key(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
