/** Tests of the S3 API. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.s3;
