package dev.muster.gateway.submission;

import dev.muster.gateway.blob.EntryName;
import dev.muster.gateway.blob.Sha256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a file before its bytes come.
 *
 * @param filename what the file will be called
 * @param size how many bytes it has
 * @param sha256 its digest, if the client knows it already
 */
public record FileAnnouncement(String filename, long size, @Nullable Sha256 sha256) {
  private static final String DIGEST_WORDS = "a SHA-256 in lower-case hexadecimal digits";

  /**
   * Reads the announcement of a file.
   *
   * @param errors takes everything that is wrong
   * @return the announcement; of no meaning when there are errors
   */
  public static FileAnnouncement read(JsonValue root, long bytesMax, List<FieldError> errors) {
    if (!(root instanceof JsonValue.Fields fields)) {
      errors.add(new FieldError("", "type", "Expected an object"));
      return new FileAnnouncement("", 0, null);
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    String name = reader.text("filename", EntryName.BYTES_MAX, any -> true, "a name");
    if (name == null && errors.isEmpty()) {
      reader.error("filename", "required", "Expected the name of the file");
    } else if (name != null) {
      EntryName.complaint(name).ifPresent(complaint -> reader.error("filename", "name", complaint));
    }
    Long size = reader.integer("size", 0, bytesMax);
    if (size == null && !reader.has("size")) {
      reader.error("size", "required", "Expected the number of bytes");
    }
    Sha256 digest = digest(reader);
    reader.refuseUnknown();
    return new FileAnnouncement(name == null ? "" : name, size == null ? 0 : size, digest);
  }

  /** Reads a body that has nothing but an optional {@code sha256}. */
  public static @Nullable Sha256 digest(JsonValue root, List<FieldError> errors) {
    if (!(root instanceof JsonValue.Fields fields)) {
      errors.add(new FieldError("", "type", "Expected an object"));
      return null;
    }
    FieldReader reader = new FieldReader(fields, "", errors);
    Sha256 digest = digest(reader);
    reader.refuseUnknown();
    return digest;
  }

  private static @Nullable Sha256 digest(FieldReader reader) {
    String text = reader.text("sha256", 64, any -> Sha256.parse(any).isPresent(), DIGEST_WORDS);
    return text == null ? null : new Sha256(text);
  }
}
