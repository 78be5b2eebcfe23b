package dev.muster.gateway.shell.http;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which methods a path has, for the Allow header of a 405; the framework leaves it out. */
@Singleton
public class Operations {
  private final BeanManager beans;
  private volatile Map<Pattern, Set<String>> methods = Map.of();

  Operations(BeanManager beans) {
    this.beans = beans;
  }

  /** The methods of a path, comma separated. */
  String allowed(String path) {
    if (methods.isEmpty()) {
      methods = methods();
    }
    Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
    methods.forEach((pattern, names) -> {
      if (pattern.matcher(path).matches()) {
        allowed.addAll(names);
      }
    });
    return String.join(", ", allowed);
  }

  private Map<Pattern, Set<String>> methods() {
    Map<String, Set<String>> byPath = new LinkedHashMap<>();
    for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
      Path root = bean.getBeanClass().getAnnotation(Path.class);
      if (root != null) {
        for (Method method : bean.getBeanClass().getMethods()) {
          note(byPath, root.value(), method);
        }
      }
    }
    Map<Pattern, Set<String>> byPattern = new LinkedHashMap<>();
    byPath.forEach((path, names) ->
        byPattern.put(Pattern.compile(path.replaceAll("\\{[^/]*}", "[^/]+")), names));
    return byPattern;
  }

  private static void note(Map<String, Set<String>> byPath, String root, Method method) {
    for (Annotation annotation : method.getAnnotations()) {
      HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
      if (verb != null) {
        Path below = method.getAnnotation(Path.class);
        String path = below == null ? root : root + "/" + below.value();
        Set<String> names = byPath.computeIfAbsent(path, p -> new TreeSet<>());
        names.add(verb.value());
        if (verb.value().equals(HttpMethod.GET)) {
          names.add(HttpMethod.HEAD);
        }
      }
    }
  }
}
