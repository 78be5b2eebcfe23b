/**
 * The life of a worker, pure, as its heartbeats tell it:
 *
 * <pre>
 * (new) -registered, heartbeat-&gt; LIVE | DRAINING
 * LIVE | DRAINING -silence for a lease-&gt; LOST      LIVE | DRAINING -stopped-&gt; STOPPED
 * LOST -heartbeat of the same incarnation-&gt; LIVE    any -higher incarnation-&gt; LIVE, all leases lost
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.worker;
