/** Tests of the rules of buckets. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.bucket;
