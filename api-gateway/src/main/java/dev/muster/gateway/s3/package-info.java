/**
 * What S3 clients ask for: requests, what they mean, and the texts that Signature Version 4 signs.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.s3;
