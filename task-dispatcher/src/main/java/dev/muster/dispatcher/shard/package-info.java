/**
 * How the shards are spread over the instances that live, pure. Instances are ranked by age, so
 * that whoever comes or goes moves as few shards as there can be.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.shard;
