@org.jspecify.annotations.NullMarked
package dev.muster.gateway.keyvalue;
