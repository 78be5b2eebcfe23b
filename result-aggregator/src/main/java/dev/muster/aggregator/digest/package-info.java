/** Arithmetic over all results of a job: numbers of each field, the commonest error. */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.digest;
