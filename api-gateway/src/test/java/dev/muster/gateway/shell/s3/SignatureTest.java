package dev.muster.gateway.shell.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.gateway.s3.S3Request;
import dev.muster.gateway.s3.Signed;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against the worked examples of the documentation of Signature Version 4. */
class SignatureTest {
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final String TIME = "20130524T000000Z";
  private static final String SCOPE = "20130524/us-east-1/s3/aws4_request";
  private static final String SEED =
      "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  private static final String FIRST =
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
  private static final String SECOND =
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
  private static final String LAST =
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

  private static S3Request example(String range) {
    String headers = "host;range;x-amz-content-sha256;x-amz-date";
    return S3Request.read(
            "GET",
            "/test.txt",
            null,
            Map.of(
                "host", List.of("examplebucket.s3.amazonaws.com"),
                "range", List.of(range),
                "x-amz-content-sha256", List.of(SigningKey.EMPTY),
                "x-amz-date", List.of(TIME),
                "authorization",
                    List.of(
                        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"
                            + SCOPE
                            + ",SignedHeaders="
                            + headers
                            + ",Signature="
                            + "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")))
        .orElseThrow();
  }

  @Test
  void signatureInTheHeaderIsTheDocumentedOne() {
    S3Request request = example("bytes=0-9");
    Signed signed = Signed.of(request).orElseThrow();
    SigningKey key = SigningKey.of(SECRET, TIME, SCOPE);

    assertThat(signed.coversWhatMatters(request)).isTrue();
    assertThat(key.signed(signed, signed.canonical(request))).isTrue();
    S3Request other = example("bytes=0-8");
    assertThat(key.signed(signed, signed.canonical(other))).isFalse();
    assertThat(SigningKey.of(SECRET + "x", TIME, SCOPE).signed(signed, signed.canonical(request)))
        .isFalse();
  }

  @Test
  void signedChunksAreTheDocumentedOnes() throws Exception {
    byte[] bytes = read(chunked('a', FIRST, SECOND, LAST));

    assertThat(bytes).hasSize(66_560).containsOnly('a');
  }

  @Test
  void changedByteAndChangedSignatureAreFound() {
    assertThatThrownBy(() -> read(chunked('b', FIRST, SECOND, LAST)))
        .isInstanceOf(BodyException.class);
    assertThatThrownBy(() -> read(chunked('a', SECOND, FIRST, LAST)))
        .isInstanceOf(BodyException.class);
    assertThatThrownBy(() -> read(chunked('a', FIRST, SECOND, FIRST)))
        .isInstanceOf(BodyException.class);
  }

  @Test
  void bodyThatBreaksOffIsNotTakenForTheWhole() {
    String whole = chunked('a', FIRST, SECOND, LAST);

    for (int end : new int[] {0, 10, 70, 1_000, 65_700, 66_700, whole.length() - 80}) {
      assertThatThrownBy(() -> read(whole.substring(0, end)))
          .as("%d characters", end)
          .isInstanceOf(BodyException.class);
    }
  }

  private static byte[] read(String body) throws Exception {
    try (InputStream in =
        new SignedChunks(
            new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII)),
            SigningKey.of(SECRET, TIME, SCOPE),
            SEED)) {
      return in.readAllBytes();
    }
  }

  private static String chunked(char letter, String first, String second, String last) {
    String letters = Character.toString(letter);
    return "10000;chunk-signature="
        + first
        + "\r\n"
        + letters.repeat(65_536)
        + "\r\n400;chunk-signature="
        + second
        + "\r\n"
        + letters.repeat(1_024)
        + "\r\n0;chunk-signature="
        + last
        + "\r\n\r\n";
  }
}
