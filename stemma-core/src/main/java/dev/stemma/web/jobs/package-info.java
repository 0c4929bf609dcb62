/**
 * Comparisons that a server runs for others: a queue, progress, and results in SQLite that survive
 * the death of the process. Nothing here knows HTTP.
 */
@NullMarked
package dev.stemma.web.jobs;

import org.jspecify.annotations.NullMarked;
