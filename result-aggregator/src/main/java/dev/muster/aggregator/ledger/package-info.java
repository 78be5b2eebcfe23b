/**
 * The money of jobs, in double entry: what is set aside when a job is submitted, charged for what
 * its attempts use, and given back at its end: {@link dev.muster.aggregator.ledger.LedgerDecider}.
 * Pure; amounts are billionths of a US dollar.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.ledger;
