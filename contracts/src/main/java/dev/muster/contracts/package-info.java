/**
 * What crosses a topic between Muster's services: ids, events, states and the topics themselves.
 * Records here hold JDK values and other contracts only; published shapes only grow.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts;
