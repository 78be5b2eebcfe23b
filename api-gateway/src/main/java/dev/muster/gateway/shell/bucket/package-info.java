/**
 * The rows of buckets: objects, exact quotas, folders of jobs, uploads in parts and deletions that
 * go on after a crash.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.bucket;
