/**
 * The life of one task, pure (K-02). The edges, each with the command that takes it:
 *
 * <pre>
 * Ready     -lease-&gt; Leased     Leased    -start-&gt;  Running    Leased  -return-&gt; Ready
 * Leased    -finish-&gt; Succeeded | Failed | RetryWait | Cancelled
 * Running   -finish-&gt; Succeeded | Failed | RetryWait | Cancelled
 * Leased    -lose-&gt;  RetryWait | Failed | Cancelled
 * Running   -lose-&gt;  RetryWait | Failed | Cancelled
 * Leased    -time_out-&gt; RetryWait | Failed | Cancelled
 * Running   -time_out-&gt; RetryWait | Failed | Cancelled
 * RetryWait -wake-&gt;  Ready
 * Ready     -cancel-&gt; Cancelled   RetryWait -cancel-&gt; Cancelled
 * Leased    -cancel-&gt; Leased      Running   -cancel-&gt; Running      (revoked, still alive)
 * Leased    -force_cancel-&gt; Cancelled   Running -force_cancel-&gt; Cancelled
 * Ready     -force_cancel-&gt; Cancelled   RetryWait -force_cancel-&gt; Cancelled
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.task;
