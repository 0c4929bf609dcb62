/** What the server's pages look like: functions from what is known to HTML, escaped throughout. */
@NullMarked
package dev.stemma.web.pages;

import org.jspecify.annotations.NullMarked;
