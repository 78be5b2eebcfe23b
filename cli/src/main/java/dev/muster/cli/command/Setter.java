package dev.muster.cli.command;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ISetter;

/**
 * Where the value of an option goes that was declared without an annotation.
 *
 * @param field gets the value, or null
 */
record Setter(Consumer<@Nullable Object> field) implements ISetter {
  @Override
  public <T> T set(T value) {
    field.accept(value);
    return value;
  }
}
