/**
 * Where a model lies (a folder, a file, an archive, Maven, npm) and how to get at its bytes. Finds
 * and caches files; knows nothing of what is in them.
 */
@NullMarked
package dev.stemma.source;

import org.jspecify.annotations.NullMarked;
