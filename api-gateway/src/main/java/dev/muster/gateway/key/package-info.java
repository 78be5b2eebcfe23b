/** The written form of an API key, and what a key may do. Pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.key;
