/**
 * What is added up of a job's results while its tasks run, and when that is enough to end it: pure.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.live;
