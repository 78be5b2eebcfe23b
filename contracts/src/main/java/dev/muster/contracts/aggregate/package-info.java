/**
 * Figures over the results of a job that may be added up in any order and in any parts, and are the
 * same to the last bit: exact sums, fixed buckets, ties that the lower index wins. What the
 * aggregator keeps of them is what the gateway shows.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.aggregate;
