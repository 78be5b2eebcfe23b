/** Links that open results without a key: their secrets, lives and scopes. Pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.share;
