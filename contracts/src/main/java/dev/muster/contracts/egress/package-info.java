/**
 * Which addresses on the network Muster may call on a user's behalf: what a URL must look like, and
 * which addresses are never called. Values and arithmetic only; nothing here looks a name up.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.egress;
