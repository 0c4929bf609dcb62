/**
 * The facade that every face (command line, web, MCP) calls; it may use everything above the faces.
 */
@NullMarked
package dev.stemma;

import org.jspecify.annotations.NullMarked;
