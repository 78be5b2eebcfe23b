/** Tests of the demo's bracket with a stack that only keeps a diary. */
@org.jspecify.annotations.NullMarked
package dev.muster.local.demo;
