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

  /** Prepares the tables of a vocabulary. */
  public RankedPieces(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.sentencePiece = tokenizer.kind() != Tokenizer.Kind.BYTE_LEVEL_BPE;
    for (int index = 0; index < tokenizer.size(); index++) {
      if (tokenizer.role(index) == Role.BYTE && tokenizer.length(index) == 1) {
        idByByte.put(tokenizer.byteAt(index, 0) & 0xff, tokenizer.id(index));
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
    String prepared = sentencePiece && !text.isEmpty() ? " " + text : text;
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
    return ids;
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
