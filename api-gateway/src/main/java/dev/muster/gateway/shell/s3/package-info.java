/** The S3 API at {@code /s3}: signatures, bodies, documents, and what becomes of each operation. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.s3;
