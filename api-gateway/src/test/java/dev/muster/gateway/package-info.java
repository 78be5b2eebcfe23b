/** Tests of the gateway. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway;
