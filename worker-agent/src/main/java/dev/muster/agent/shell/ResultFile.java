package dev.muster.agent.shell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import dev.muster.agent.attempt.NamedFailure;
import dev.muster.agent.attempt.ResultReading;
import dev.muster.agent.attempt.ResultReading.Invalid;
import dev.muster.agent.attempt.ResultReading.Missing;
import dev.muster.agent.attempt.ResultReading.Valid;
import dev.muster.kit.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Reads and checks the JSON that commands write. */
final class ResultFile {
  /** Largest result in bytes. */
  static final int BYTES_MAX = 1024 * 1024;

  private static final int DEPTH_MAX = 200;
  private static final int PROGRESS_MAX = 16 * 1024;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(BYTES_MAX)
                  .maxNameLength(BYTES_MAX)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private ResultFile() {}

  /** Reads the result file of an ended attempt; links and special files are not followed. */
  static ResultReading read(Path file) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        return new Invalid("Expected the result to be a plain file, but it is something else");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        bytes = in.readNBytes(BYTES_MAX + 1);
      }
      if (bytes.length > BYTES_MAX) {
        return new Invalid(
            "Expected a result of at most "
                + BYTES_MAX
                + " bytes, but it has "
                + attributes.size());
      }
      return check(bytes);
    } catch (NoSuchFileException e) {
      return new Missing();
    } catch (IOException e) {
      return new Invalid("Expected a result file that can be read, but it cannot");
    }
  }

  /** How an ended command named its failure, where it did in a form that can be told. */
  static Optional<NamedFailure> failure(Path file) {
    if (!(read(file) instanceof Valid(String text))) {
      return Optional.empty();
    }
    try {
      JsonNode named = Json.MAPPER.readTree(text);
      return NamedFailure.of(named.path("code").asText(""), named.path("error").asText(""));
    } catch (JsonProcessingException e) {
      return Optional.empty(); // the exit code alone is told
    }
  }

  /** Whether the text is one JSON object of a size fit for progress. */
  static boolean isProgressDocument(String text) {
    if (text.length() > PROGRESS_MAX || !text.startsWith("{")) {
      return false;
    }
    try {
      parse(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static ResultReading check(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new Invalid("Expected the result to be UTF-8, but it has other bytes");
    }
    try {
      parse(text);
      return new Valid(text);
    } catch (JsonProcessingException e) {
      return new Invalid(
          "Expected the result to be one JSON document, but: " + e.getOriginalMessage());
    } catch (IOException e) {
      return new Invalid("Expected the result to be one JSON document, but it cannot be read");
    }
  }

  private static void parse(String text) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      int depth = 0;
      int documents = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0 && !token.isStructEnd() && ++documents > 1) {
          throw new JsonParseException(parser, "there is something behind its end");
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      if (documents == 0) {
        throw new JsonParseException(parser, "the file is empty");
      }
    }
  }
}
