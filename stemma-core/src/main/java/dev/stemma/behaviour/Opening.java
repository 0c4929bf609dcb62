package dev.stemma.behaviour;

/**
 * The beginning of a sentence, for next-token provenance.
 *
 * @param language {@code en}, {@code ko}, {@code zh} or {@code code}, or what a user's file says
 * @param stem openings with the same stem end alike, so their answers are not independent: count or
 *     resample by stem where that matters. A user's file may leave it out; each opening is then a
 *     stem of its own
 * @param text the opening, without white space at its end
 */
public record Opening(String language, String stem, String text) {}
