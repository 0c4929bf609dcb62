package dev.stemma.notebook;

import java.nio.file.Path;

/**
 * Something wrong in a notebook.
 *
 * @param line from 1; 0 for the whole file
 * @param id stable for scripts
 */
public record Problem(
    Path file, int line, String id, String expected, String found, String nextStep) {}
