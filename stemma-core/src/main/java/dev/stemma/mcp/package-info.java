/**
 * The tools of this program for agents over the Model Context Protocol. Each tool is a command with
 * its JSON, run as a guest; nothing here measures or judges.
 */
@NullMarked
package dev.stemma.mcp;

import org.jspecify.annotations.NullMarked;
