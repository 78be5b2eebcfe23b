@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.live;
