/** One report record, written as terminal text, JSON, HTML or Markdown. */
@NullMarked
package dev.stemma.report;

import org.jspecify.annotations.NullMarked;
