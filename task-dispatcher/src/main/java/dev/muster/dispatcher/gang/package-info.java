/**
 * What becomes of a gang, pure. Its members get their leases together, so that they are always at
 * the same attempt; they succeed together, and one that ends badly ends the others:
 *
 * <pre>
 * all wait -leases for all, or for none-&gt; all live -all succeeded-&gt; succeeded
 * all live -one is lost, fails or is returned-&gt; the rest is stopped -no attempt lives-&gt; all wait
 * all live -one fails for good-&gt; the rest is stopped, and fails with it
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.gang;
