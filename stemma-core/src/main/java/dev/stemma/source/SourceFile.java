package dev.stemma.source;

import java.net.URI;

/**
 * One file of a model, where it lies.
 *
 * @param name path relative to the model's root, with forward slashes, as in {@code
 *     onnx/model.onnx}
 * @param uri {@code file:} for what is on this machine (or was unpacked to the cache)
 * @param sizeBytes its size when it was listed
 */
public record SourceFile(String name, URI uri, long sizeBytes) {}
