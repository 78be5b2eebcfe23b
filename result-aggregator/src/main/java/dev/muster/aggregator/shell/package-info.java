/**
 * All I/O of the result aggregator: consumers, tables, the loop that concludes large jobs. No rule
 * lives here.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.shell;
