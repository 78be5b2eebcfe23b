/**
 * What the end of a command's output says about how far it is: the stage and the percentage that
 * training scripts print. Pure.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.progress;
