/**
 * What becomes of a webhook delivery after each attempt: delivered, again later, or given up. Pure;
 * time and chance come in as arguments.
 *
 * <pre>
 * pending ──2xx──▶ delivered        pending ──schedule ends, 410, endpoint gone──▶ exhausted
 *    ▲  └──anything else: later─┐       any ──asked for again by hand──▶ pending
 *    └──────────────────────────┘
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.webhook;
