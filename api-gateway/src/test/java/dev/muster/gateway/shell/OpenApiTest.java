package dev.muster.gateway.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document of the API and its resources say the same. */
class OpenApiTest {
  @Test
  void everyOperationIsInTheDocumentAndNoOther() throws Exception {
    assertThat(documented()).isEqualTo(implemented());
  }

  private static Set<String> implemented() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.muster.gateway.shell");
    Set<String> operations = new TreeSet<>();
    for (var type : classes) {
      if (!type.isAnnotatedWith(Path.class)) {
        continue;
      }
      String root = type.getAnnotationOfType(Path.class).value();
      for (JavaMethod method : type.getAllMethods()) {
        String verb =
            method.isAnnotatedWith(GET.class)
                ? "get"
                : method.isAnnotatedWith(POST.class)
                    ? "post"
                    : method.isAnnotatedWith(PUT.class)
                        ? "put"
                        : method.isAnnotatedWith(DELETE.class) ? "delete" : "";
        String path =
            method.isAnnotatedWith(Path.class)
                ? root + "/" + method.getAnnotationOfType(Path.class).value()
                : root;
        if (!verb.isEmpty()) {
          operations.add(verb + " " + path.replaceAll("\\{(\\w+):[^}]*}", "{$1}"));
        }
      }
    }
    return operations;
  }

  private static Set<String> documented() throws Exception {
    try (InputStream in = OpenApiTest.class.getResourceAsStream("/META-INF/openapi.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      Matcher lines =
          Pattern.compile("^ {2}(/\\S+):$|^ {4}(get|post|put|delete):$", Pattern.MULTILINE)
              .matcher(text);
      Set<String> operations = new TreeSet<>();
      String path = "";
      while (lines.find()) {
        if (lines.group(1) != null) {
          path = lines.group(1);
        } else {
          operations.add(lines.group(2) + " " + path);
        }
      }
      return operations;
    }
  }
}
