/** What users' buckets hold: keys, folders of jobs, and how a listing is folded. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.bucket;
