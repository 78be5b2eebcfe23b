package dev.muster.gateway.shell.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.muster.gateway.view.AggregatesView;
import dev.muster.gateway.view.JobSummary;
import dev.muster.gateway.view.JobView;
import dev.muster.gateway.view.JsonText;
import dev.muster.kit.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** JSON as the API writes it: as on topics, but documents of users pass through byte for byte. */
public final class ApiJson {
  private static final ObjectMapper MAPPER =
      Json.MAPPER
          .copy()
          .addMixIn(JobView.class, GrownJobView.class)
          .addMixIn(JobSummary.class, GrownJobSummary.class)
          .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true)
          .registerModule(new SimpleModule().addSerializer(JsonText.class, new RawSerializer()));

  private ApiJson() {}

  /** The JSON text of a view. */
  public static String text(Object view) {
    try {
      return MAPPER.writeValueAsString(view);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Expected to write " + view.getClass().getSimpleName() + " as JSON, but it cannot be", e);
    }
  }

  /**
   * What the view has grown by is shown where it is there, so that what was shown stays the same.
   */
  private interface GrownJobView {
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable String callbackUrl();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable Integer deadlineS();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable Boolean stoppedEarly();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable String stopReason();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable AggregatesView aggregates();
  }

  /** As of the view. */
  private interface GrownJobSummary {
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable String stopReason();

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Nullable AggregatesView aggregates();
  }

  private static final class RawSerializer extends JsonSerializer<JsonText> {
    @Override
    public void serialize(JsonText value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeRawValue(value.text());
    }
  }
}
