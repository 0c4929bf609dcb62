/**
 * The web application: pages, REST and uploads over Javalin, behind one guard. It renders what
 * other packages found and decides nothing about models.
 */
@NullMarked
package dev.stemma.web;

import org.jspecify.annotations.NullMarked;
