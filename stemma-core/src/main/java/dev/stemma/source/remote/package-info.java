/**
 * Reads files of other machines by byte range, into a sparse cache that is mapped as local files
 * are. Every address, redirect, answer and byte count is taken for hostile.
 */
@NullMarked
package dev.stemma.source.remote;

import org.jspecify.annotations.NullMarked;
