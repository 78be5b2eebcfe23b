/**
 * One attempt's life on the worker; pure. The edges that {@link
 * dev.muster.agent.attempt.AttemptDecider} accepts (a test compares them with this list):
 *
 * <pre>
 * WAITING   --Start-->       STARTING    capacity is free
 * WAITING   --End-->         REPORTING   it could not be prepared
 * WAITING   --Revoke-->      REPORTING   cancelled, or wanted elsewhere: given back
 * WAITING   --Revoke-->      GONE        stale
 * WAITING   --Fence-->       REPORTING   the lease may be over: given back
 * WAITING   --Shutdown-->    REPORTING   given back
 * STARTING  --Launched-->    RUNNING     the process runs: AttemptStarted is reported
 * STARTING  --End-->         REPORTING   it could not be started
 * STARTING  --Revoke-->      STOPPING    cancelled or stale
 * STARTING  --Fence-->       STOPPING
 * STARTING  --Shutdown-->    STOPPING
 * RUNNING   --End-->         REPORTING   it ended by itself
 * RUNNING   --Revoke-->      STOPPING    cancelled or stale
 * RUNNING   --Expire-->      STOPPING    timeout
 * RUNNING   --Fence-->       STOPPING
 * RUNNING   --Shutdown-->    STOPPING
 * STOPPING  --Launched-->    STOPPING    it started in the meantime: stop it
 * STOPPING  --Revoke-->      STOPPING    a stronger cause
 * STOPPING  --Fence-->       STOPPING    a stronger cause
 * STOPPING  --End-->         REPORTING   cancelled, timed out, lost, or done before it was killed
 * STOPPING  --End-->         GONE        stale: nobody wants to know
 * REPORTING --Acknowledge--> GONE        the broker has the report
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.muster.agent.attempt;
