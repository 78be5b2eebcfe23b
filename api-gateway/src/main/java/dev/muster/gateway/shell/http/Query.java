package dev.muster.gateway.shell.http;

import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import dev.muster.gateway.submission.FieldError;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The query of a request; a parameter that the operation does not know is refused. */
final class Query {
  private final Map<String, List<String>> values = new TreeMap<>();
  private final List<FieldError> errors = new ArrayList<>();

  private Query(MultivaluedMap<String, String> parameters) {
    values.putAll(parameters);
  }

  /**
   * Reads the query.
   *
   * @param known the parameters of the operation
   * @throws ProblemException when there is another one
   */
  static Query of(UriInfo uri, String... known) {
    Query query = new Query(uri.getQueryParameters());
    Set<String> names = Set.of(known);
    for (String name : query.values.keySet()) {
      if (!names.contains(name)) {
        throw new ProblemException(
            ProblemKind.QUERY,
            names.isEmpty()
                ? "Expected no query parameters, but there is one"
                : "Expected only the query parameters "
                    + String.join(", ", names.stream().sorted().toList())
                    + ", but there is another");
      }
    }
    return query;
  }

  @Nullable String text(String name) {
    List<String> all = values.getOrDefault(name, List.of());
    if (all.size() > 1) {
      error(name, "repeated", "Expected the parameter once");
    }
    String first = all.isEmpty() ? null : all.getFirst();
    if (first != null && first.indexOf(0) >= 0) {
      // PostgreSQL's text has no NUL.
      error(name, "format", "Expected text without NUL");
      return null;
    }
    return first;
  }

  /** All values; commas separate as well. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (String value : values.getOrDefault(name, List.of())) {
      texts.addAll(List.of(value.split(",", -1)));
    }
    return texts;
  }

  int integer(String name, int min, int max, int absent) {
    Integer value = integer(name, min, max);
    return value == null ? absent : value;
  }

  @Nullable Integer integer(String name, int min, int max) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    if (text.matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    }
    error(name, "range", "Expected an integer from " + min + " to " + max);
    return null;
  }

  long unsigned(String name, @Nullable String text) {
    if (text == null) {
      return -1;
    }
    if (text.matches("[0-9]{1,18}")) {
      return Long.parseLong(text);
    }
    error(name, "range", "Expected an event number from 0");
    return -1;
  }

  /** An instant in RFC 3339, or a date that means its first moment in UTC. */
  @Nullable Instant instant(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      Instant instant =
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant();
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1970 && year <= 9999) {
        return instant;
      }
    } catch (DateTimeParseException e) {
      // told below, like a year that is out of range
    }
    error(name, "date", "Expected a date or a time such as 2026-02-28T12:00:00Z");
    return null;
  }

  /** A day such as 2026-02-28. */
  @Nullable LocalDate date(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      if (text.length() == 10) {
        return LocalDate.parse(text);
      }
    } catch (DateTimeParseException e) {
      // told below, like a text of another length
    }
    error(name, "date", "Expected a day such as 2026-02-28");
    return null;
  }

  void error(String name, String code, String detail) {
    errors.add(new FieldError("?" + name, code, detail));
  }

  /** Ends the request when something was wrong. */
  void check() {
    if (!errors.isEmpty()) {
      throw new ProblemException(
          ProblemKind.VALIDATION, errors.size() + " query parameter(s) are wrong", errors);
    }
  }

  /** The query without its cursor, in one order: what a cursor is bound to. */
  String canonical() {
    Map<String, List<String>> bound = new TreeMap<>(values);
    bound.remove("cursor");
    bound.remove("limit");
    return bound.toString();
  }
}
