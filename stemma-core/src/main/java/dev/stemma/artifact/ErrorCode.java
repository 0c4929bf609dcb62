package dev.stemma.artifact;

/** Stable codes of the failures that an input can cause. The documentation lists them all. */
public enum ErrorCode {
  /** The reference has no form that is known. */
  REFERENCE_SYNTAX,
  /** A form of reference that this version cannot read. */
  UNSUPPORTED_SOURCE,
  /** What the reference names is not there. */
  NOT_FOUND,
  /** It is there and cannot be read. */
  UNREADABLE,
  /** A folder or archive holds nothing that is a model's file. */
  NO_MODEL_FILE,
  /** Several files could be the model and nothing says which. */
  AMBIGUOUS_FILES,
  /** The first bytes are not those of the format. */
  WRONG_MAGIC,
  /** A version of the format that is not supported. */
  UNSUPPORTED_VERSION,
  /** The file ends before what its header promises. */
  TRUNCATED,
  /** The file became smaller, or otherwise changed, while it was read. */
  CHANGED_WHILE_READ,
  /** A header's length is beyond its bound. */
  HEADER_TOO_LARGE,
  /** The header is not what the format prescribes. */
  MALFORMED_HEADER,
  /** JSON that is no JSON, or is nested or long beyond its bound. */
  MALFORMED_JSON,
  /** More entries than the bound. */
  TOO_MANY_ENTRIES,
  /** The same name twice. */
  DUPLICATE_NAME,
  /** A name that is empty, too long or not text. */
  BAD_NAME,
  /** Dimensions that are negative, too many, or whose product overflows. */
  BAD_SHAPE,
  /** An element type that is not known. */
  UNKNOWN_ELEMENT_TYPE,
  /** Bytes outside the file. */
  OUT_OF_FILE,
  /** Two tensors claim the same bytes. */
  OVERLAP,
  /** The byte count does not fit type and shape. */
  SIZE_MISMATCH,
  /** A path in an archive or index that leaves its folder. */
  PATH_TRAVERSAL,
  /** A link where a file was expected. */
  LINK_REFUSED,
  /** An archive entry that expands beyond its bound. */
  ZIP_BOMB,
  /** An archive that is damaged. */
  MALFORMED_ARCHIVE,
  /** A shard that an index names is missing, or an index contradicts its shards. */
  INDEX_MISMATCH,
  /** A tokenizer file that contradicts itself. */
  MALFORMED_TOKENIZER,
  /** Serialised code or an object that is not allowed. */
  FORBIDDEN_CONTENT,
  /** A tool that a reference needs (npm) is missing or failed. */
  TOOL_FAILED,
  /** A download failed. */
  DOWNLOAD_FAILED,
  /** A server wants a login, or this one may not read the file. */
  ACCESS_DENIED,
  /** An address that is not asked unless the user says so: private, or without TLS. */
  ADDRESS_REFUSED,
  /** A layer, option or value that the model or command does not have. */
  BAD_ARGUMENT,
  /** An output could not be written. */
  CANNOT_WRITE
}
