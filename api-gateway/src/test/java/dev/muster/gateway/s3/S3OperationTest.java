package dev.muster.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3OperationTest {
  private static S3Operation of(String method, String path, String query, String key) {
    S3Request request =
        S3Request.read(method, path, query, Map.of("host", List.of("h"))).orElseThrow();
    return S3Operation.of(request, key);
  }

  @Test
  void requestsMeanWhatTheS3ApiSays() {
    assertThat(of("GET", "/s3/b", "list-type=2&prefix=a%2Fb", ""))
        .isInstanceOfSatisfying(
            S3Operation.ListObjects.class,
            list -> {
              assertThat(list.newForm()).isTrue();
              assertThat(list.wish().prefix()).isEqualTo("a/b");
              assertThat(list.wish().max()).isEqualTo(1_000);
            });
    assertThat(of("PUT", "/s3/b/k", "partNumber=3&uploadId=u", "k"))
        .isEqualTo(new S3Operation.PutPart("k", "u", 3));
    assertThat(of("POST", "/s3/b/k", "uploads", "k")).isEqualTo(new S3Operation.CreateUpload("k"));
    assertThat(of("DELETE", "/s3/b/k", "uploadId=u", "k"))
        .isEqualTo(new S3Operation.AbortUpload("k", "u"));
    assertThat(of("GET", "/s3/b", "uploads&key-marker=k&upload-id-marker=u&max-uploads=7", ""))
        .isEqualTo(new S3Operation.ListUploads("", "k", "u", 7));
    assertThat(of("HEAD", "/s3/b/k", "", "k")).isEqualTo(new S3Operation.GetObject("k", true));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,acl,NOT_IMPLEMENTED",
    "GET,versioning,NOT_IMPLEMENTED",
    "GET,uploads&delimiter=/,NOT_IMPLEMENTED",
    "GET,list-type=2&max-keys=x,INVALID_ARGUMENT",
    "PUT,'',NOT_IMPLEMENTED",
    "DELETE,'',NOT_IMPLEMENTED"
  })
  void whatIsNotOfferedIsSaid(String method, String query, S3Error error) {
    assertThat(of(method, "/s3/b", query, "")).isEqualTo(new S3Operation.Refused(error));
  }

  @ParameterizedTest
  @CsvSource({"0", "10001", "x", "-1"})
  void partsHaveNumbersFromOneToTenThousand(String number) {
    assertThat(of("PUT", "/s3/b/k", "uploadId=u&partNumber=" + number, "k"))
        .isEqualTo(new S3Operation.Refused(S3Error.INVALID_ARGUMENT));
  }

  @Test
  void encodingsThatAreNoneAreNotRead() {
    assertThat(S3Request.read("GET", "/a%2", null, Map.of())).isEmpty();
    assertThat(S3Request.read("GET", "/a%zz", null, Map.of())).isEmpty();
    assertThat(S3Request.read("GET", "/a%ff", null, Map.of())).isEmpty();
    assertThat(S3Request.read("GET", "/a", "x=%C3%28", Map.of())).isEmpty();
  }
}
