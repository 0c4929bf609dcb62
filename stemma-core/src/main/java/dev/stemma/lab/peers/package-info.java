/**
 * Published lineage methods, written from their papers, as comparators for the bench. No verdict
 * uses them.
 */
@NullMarked
package dev.stemma.lab.peers;

import org.jspecify.annotations.NullMarked;
