/**
 * The questions: one file each, in a package by what they look at. All have the same contract: plan
 * from headers, measure pure units, conclude in unit order.
 */
@NullMarked
package dev.stemma.analysis;

import org.jspecify.annotations.NullMarked;
