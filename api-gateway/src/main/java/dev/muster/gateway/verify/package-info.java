/** Counts the results of a job once more and holds its aggregate against them; pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.verify;
