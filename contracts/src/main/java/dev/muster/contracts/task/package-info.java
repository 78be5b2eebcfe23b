/** Tasks and attempts (K-02): plans, leases, outcomes, progress. */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.task;
