package dev.stemma.notebook;

import java.nio.file.Path;

/**
 * A recorded question.
 *
 * @param date as it is written; empty where there is none
 * @param file relative to the notebook's folder
 * @param line of the heading, from 1
 * @param answered whether text stands under the answer's label
 */
public record Entry(
    int number, String question, String date, Path file, int line, boolean answered) {}
