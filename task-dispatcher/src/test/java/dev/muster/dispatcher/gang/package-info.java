@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.gang;
