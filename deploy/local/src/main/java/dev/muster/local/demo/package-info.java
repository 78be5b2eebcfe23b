/**
 * {@code ./muster demo}: the bracket round the client's demo. Brings a stack up if there is none,
 * runs the client, takes down what it started itself.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.local.demo;
