/**
 * Executable reference architectures: small parts, one a file, that read like their papers, put
 * together as a family's data and a checkpoint's tensors say. The numbers equal the official
 * code's; the order of reading is {@code Decoder}, {@code DecoderLayer}, then the parts.
 */
@NullMarked
package dev.stemma.runtime;

import org.jspecify.annotations.NullMarked;
