/** Tests of what S3 clients ask for. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.s3;
