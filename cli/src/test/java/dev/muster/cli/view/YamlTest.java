package dev.muster.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class YamlTest {
  @Test
  void listsAndObjectsAreIndented() throws Exception {
    assertThat(yaml("{\"a\":[{\"b\":1,\"c\":[2,3]},\"x\"],\"d\":{},\"e\":[],\"f\":null}"))
        .isEqualTo(
            """
            a:
              - b: 1
                c:
                  - 2
                  - 3
              - x
            d: {}
            e: []
            f: null
            """);
  }

  @Test
  void anotherReaderFindsTheSameStrings() throws Exception {
    String text =
        "{\"s\":[\"yes\",\"1\",\"\",\" a\",\"a: b\",\"#\",\"null\",\"2026-01-01\",\"-\",\"a\\nb\","
            + "\"\\u001b\",\"ü\",\"/bin/true\",\"~\",\"1e3\",\"0x1f\",\"[\",\"y\",\"NO\"],\"on\":1}";

    Object read =
        new org.yaml.snakeyaml.Yaml(new SafeConstructor(new LoaderOptions())).load(yaml(text));

    assertThat(read)
        .hasToString(
            "{s=[yes, 1, ,  a, a: b, #, null, 2026-01-01, -, a\nb, \u001b, ü, /bin/true, ~, 1e3,"
                + " 0x1f, [, y, NO], on=1}");
    assertThat(((java.util.Map<?, ?>) read).get("s"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .allMatch(item -> item instanceof String);
  }

  private static String yaml(String json) throws Exception {
    return Yaml.of(JsonText.parse(json.getBytes(UTF_8)));
  }
}
