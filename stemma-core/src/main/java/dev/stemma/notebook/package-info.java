/**
 * The record of an investigation: numbered questions and answers in Markdown, with an index and a
 * checklist that follow the reports in the folder. Many processes may write one notebook.
 */
@NullMarked
package dev.stemma.notebook;

import org.jspecify.annotations.NullMarked;
