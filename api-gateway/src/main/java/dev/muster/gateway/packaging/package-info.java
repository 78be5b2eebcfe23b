/**
 * What is in a result package and what its files are called. Nothing here touches a disk, a network
 * or a clock.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.packaging;
