/** Tests of keys. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.key;
