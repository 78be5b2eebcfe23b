/**
 * All input and output of the planner: one consumer reads submissions and job events, one
 * transaction a batch loads, decides, stores and sends. No rule lives here.
 */
@NullMarked
package dev.muster.planner.shell;

import org.jspecify.annotations.NullMarked;
