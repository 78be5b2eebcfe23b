/** Rules of stored bytes, as tables and laws. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.blob;
