package dev.muster.gateway.shell.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.gateway.shell.bucket.BucketKeys;
import dev.muster.gateway.shell.bucket.Buckets;
import dev.muster.kit.Database;
import dev.muster.testkit.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Buckets as an ordinary S3 client sees them: Amazon's own, as it comes. */
@QuarkusTest
@QuarkusTestResource(
    value = RealStack.class,
    initArgs = @ResourceArg(name = "schema", value = "gateway"))
class S3IT {
  private static final int PART = 5 * 1024 * 1024;

  @Inject Buckets buckets;
  @Inject BucketKeys keys;
  @Inject Database database;
  private String tenant = "";
  private String bucket = "";
  private BucketKeys.Key key = new BucketKeys.Key("", "", Instant.EPOCH);
  private S3Client s3 = client("none", "none");

  @BeforeEach
  void connect() {
    tenant = tenant();
    bucket = buckets.usage(tenant).alias();
    key = keys.create(tenant, "test").orElseThrow();
    s3 = client(key.id(), keys.secret(key.id()));
  }

  @AfterEach
  void close() {
    s3.close();
  }

  private String tenant() {
    String id = "s3-" + Long.toHexString(new Random().nextLong());
    return database.transaction(tx -> {
      tx.update("INSERT INTO gateway.tenant (id, name, created_at) VALUES ($1, $1, now())", id);
      return id;
    });
  }

  private static URI endpoint() {
    return URI.create(
        "http://127.0.0.1:"
            + ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class)
            + "/s3");
  }

  private static StaticCredentialsProvider credentials(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  private static S3Client client(String id, String secret) {
    return S3Client.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofMinutes(1)))
        .endpointOverride(endpoint())
        .region(Region.of("garage"))
        .forcePathStyle(true)
        .credentialsProvider(credentials(id, secret))
        .build();
  }

  private static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void put(String object, byte[] bytes) {
    s3.putObject(r -> r.bucket(bucket).key(object), RequestBody.fromBytes(bytes));
  }

  private byte[] get(String object) {
    return s3.getObjectAsBytes(r -> r.bucket(bucket).key(object)).asByteArray();
  }

  private static Consumer<Throwable> refusal(int status, String code) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                S3Exception.class,
                e -> {
                  assertThat(e.statusCode()).isEqualTo(status);
                  assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
                });
  }

  @Test
  void objectComesBackAsItWasWrittenUnderAnyKey() {
    for (String name : List.of("a.txt", "deep/er/a b+c/é模.txt", "x=y&z?.bin", "%41/~")) {
      byte[] bytes = random(name.hashCode(), 100_000);
      put(name, bytes);

      assertThat(get(name)).as(name).isEqualTo(bytes);
      assertThat(s3.headObject(r -> r.bucket(bucket).key(name)).contentLength()).isEqualTo(100_000);
    }
    put("empty", new byte[0]);
    assertThat(get("empty")).isEmpty();
    assertThat(s3.listBuckets().buckets()).extracting(b -> b.name()).containsExactly(bucket);
    assertThat(s3.headBucket(r -> r.bucket(bucket)).sdkHttpResponse().isSuccessful()).isTrue();
  }

  @Test
  void rangeAndConditionsCount() {
    byte[] bytes = random(1, 10_000);
    put("r", bytes);

    assertThat(
            s3.getObjectAsBytes(r -> r.bucket(bucket).key("r").range("bytes=100-199"))
                .asByteArray())
        .isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
    assertThatThrownBy(() ->
            s3.putObject(
                r -> r.bucket(bucket).key("r").ifNoneMatch("*"), RequestBody.fromString("x")))
        .satisfies(refusal(412, "PreconditionFailed"));
    assertThatThrownBy(
            () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("r").range("bytes=20000-")))
        .satisfies(refusal(416, "InvalidRange"));
    assertThat(get("r")).isEqualTo(bytes);
  }

  @Test
  void partsBecomeOneObjectWhenTheyAreCompleted() {
    byte[] bytes = random(2, 2 * PART + 1_000);
    String upload = s3.createMultipartUpload(r -> r.bucket(bucket).key("m")).uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    for (int number : new int[] {3, 1, 2}) {
      byte[] part =
          Arrays.copyOfRange(bytes, (number - 1) * PART, Math.min(number * PART, bytes.length));
      String etag =
          s3.uploadPart(
                  r -> r.bucket(bucket).key("m").uploadId(upload).partNumber(number),
                  RequestBody.fromBytes(part))
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
    }
    parts.sort(Comparator.comparing(CompletedPart::partNumber));

    assertThatThrownBy(() -> get("m")).isInstanceOf(NoSuchKeyException.class);
    assertThat(s3.listParts(r -> r.bucket(bucket).key("m").uploadId(upload)).parts()).hasSize(3);
    s3.completeMultipartUpload(
        r -> r.bucket(bucket).key("m").uploadId(upload).multipartUpload(m -> m.parts(parts)));

    assertThat(get("m")).isEqualTo(bytes);
    assertThat(buckets.usage(tenant).usedBytes()).isEqualTo(bytes.length);
  }

  @Test
  void partsMayComeFromAnObjectOfTheBucket() {
    byte[] bytes = random(8, PART + 5_000);
    put("source", bytes);
    String upload = s3.createMultipartUpload(r -> r.bucket(bucket).key("joined")).uploadId();

    String first = copyPart(upload, 1, "bytes=0-" + (PART - 1));
    String second = copyPart(upload, 2, null);
    s3.completeMultipartUpload(r ->
        r.bucket(bucket)
            .key("joined")
            .uploadId(upload)
            .multipartUpload(m ->
                m.parts(
                    CompletedPart.builder().partNumber(1).eTag(first).build(),
                    CompletedPart.builder().partNumber(2).eTag(second).build())));

    byte[] joined = Arrays.copyOf(bytes, PART + bytes.length);
    System.arraycopy(bytes, 0, joined, PART, bytes.length);
    assertThat(get("joined")).isEqualTo(joined);
    assertThat(buckets.usage(tenant).usedBytes()).isEqualTo(bytes.length + joined.length);
    assertThatThrownBy(() -> copyPart(upload, 3, "bytes=99999999-99999999"))
        .satisfies(refusal(416, "InvalidRange"));
  }

  private String copyPart(String upload, int number, @Nullable String range) {
    return s3.uploadPartCopy(r ->
            r.sourceBucket(bucket)
                .sourceKey("source")
                .copySourceRange(range)
                .destinationBucket(bucket)
                .destinationKey("joined")
                .uploadId(upload)
                .partNumber(number))
        .copyPartResult()
        .eTag();
  }

  @Test
  void uploadsUnderWayAreListedInPages() {
    List<String> begun = new ArrayList<>();
    for (String name : List.of("a/1", "a/1", "a/2", "b c")) {
      begun.add(s3.createMultipartUpload(r -> r.bucket(bucket).key(name)).uploadId());
    }
    s3.abortMultipartUpload(r -> r.bucket(bucket).key("a/2").uploadId(begun.get(2)));

    List<String> listed = new ArrayList<>();
    s3.listMultipartUploadsPaginator(r -> r.bucket(bucket).maxUploads(1))
        .uploads()
        .forEach(upload -> listed.add(upload.key() + " " + upload.uploadId()));

    assertThat(listed)
        .containsExactlyInAnyOrder(
            "a/1 " + begun.get(0), "a/1 " + begun.get(1), "b c " + begun.get(3));
    assertThat(listed.getLast()).startsWith("b c");
    assertThat(s3.listMultipartUploads(r -> r.bucket(bucket).prefix("b")).uploads()).hasSize(1);
  }

  @Test
  void abortedUploadAndUnknownPartsAreNoObject() {
    String upload = s3.createMultipartUpload(r -> r.bucket(bucket).key("n")).uploadId();
    s3.uploadPart(
        r -> r.bucket(bucket).key("n").uploadId(upload).partNumber(1),
        RequestBody.fromBytes(random(3, 1_000)));

    assertThatThrownBy(() ->
            s3.completeMultipartUpload(r ->
                r.bucket(bucket)
                    .key("n")
                    .uploadId(upload)
                    .multipartUpload(m -> m.parts(p -> p.partNumber(1).eTag("other")))))
        .satisfies(refusal(400, "InvalidPart"));
    s3.abortMultipartUpload(r -> r.bucket(bucket).key("n").uploadId(upload));

    assertThatThrownBy(() ->
            s3.uploadPart(
                r -> r.bucket(bucket).key("n").uploadId(upload).partNumber(2),
                RequestBody.fromBytes(random(4, 1_000))))
        .satisfies(refusal(404, "NoSuchUpload"));
    assertThat(buckets.usage(tenant).usedBytes()).isZero();
  }

  @Test
  void listingsArePagedAndFoldedIntoFolders() {
    for (int i = 0; i < 25; i++) {
      put("jobs/run-" + i % 5 + "/file-" + i, random(i, 10));
    }
    put("jobs", random(9, 1));

    List<String> all =
        s3.listObjectsV2Paginator(r -> r.bucket(bucket).maxKeys(7)).contents().stream()
            .map(S3Object::key)
            .toList();
    ListObjectsV2Response folded =
        s3.listObjectsV2(r -> r.bucket(bucket).prefix("jobs/").delimiter("/").maxKeys(3));
    ListObjectsV2Response rest =
        s3.listObjectsV2(r ->
            r.bucket(bucket)
                .prefix("jobs/")
                .delimiter("/")
                .continuationToken(folded.nextContinuationToken()));

    assertThat(all).hasSize(26).isSorted().doesNotHaveDuplicates();
    assertThat(folded.commonPrefixes())
        .extracting(p -> p.prefix())
        .containsExactly("jobs/run-0/", "jobs/run-1/", "jobs/run-2/");
    assertThat(folded.contents()).isEmpty();
    assertThat(folded.isTruncated()).isTrue();
    assertThat(rest.commonPrefixes())
        .extracting(p -> p.prefix())
        .containsExactly("jobs/run-3/", "jobs/run-4/");
    assertThat(rest.isTruncated()).isFalse();
  }

  @Test
  void copiesAndDeletionsKeepTheSumRight() {
    put("one", random(5, 1_000));
    s3.copyObject(r ->
        r.sourceBucket(bucket).sourceKey("one").destinationBucket(bucket).destinationKey("two"));
    put("one", random(6, 10));

    assertThat(get("two")).isEqualTo(random(5, 1_000));
    assertThat(buckets.usage(tenant).usedBytes()).isEqualTo(1_010);
    s3.deleteObjects(r ->
        r.bucket(bucket)
            .delete(d ->
                d.objects(
                    ObjectIdentifier.builder().key("one").build(),
                    ObjectIdentifier.builder().key("two").build(),
                    ObjectIdentifier.builder().key("never").build())));

    assertThat(s3.listObjectsV2(r -> r.bucket(bucket)).contents()).isEmpty();
    assertThat(buckets.usage(tenant).usedBytes()).isZero();
    s3.deleteObject(r -> r.bucket(bucket).key("never"));
  }

  @Test
  void writesBeyondTheQuotaAreRefusedByTheStore() {
    database.transaction(
        tx -> tx.update("UPDATE gateway.bucket SET quota_bytes = 1000 WHERE tenant = $1", tenant));
    put("a", random(1, 600));

    assertThatThrownBy(() -> put("b", random(2, 401))).satisfies(refusal(403, "QuotaExceeded"));
    put("b", random(2, 400));
    put("a", random(3, 600));
    assertThat(buckets.usage(tenant).usedBytes()).isEqualTo(1_000);
  }

  @Test
  void onlyTheRightSignatureOfAKeyThatHoldsOpensTheBucket() {
    put("secret", random(1, 10));
    String other = buckets.usage(tenant()).alias();

    try (S3Client wrong = client(key.id(), "wrong")) {
      assertThatThrownBy(() -> wrong.listObjectsV2(r -> r.bucket(bucket)))
          .satisfies(refusal(403, "SignatureDoesNotMatch"));
    }
    assertThatThrownBy(() -> s3.listObjectsV2(r -> r.bucket(other)))
        .satisfies(refusal(404, "NoSuchBucket"));
    assertThatThrownBy(() -> s3.listObjectsV2(r -> r.bucket("b-none")))
        .satisfies(refusal(404, "NoSuchBucket"));
    assertThat(keys.revoke(tenant, key.id())).isTrue();
    assertThatThrownBy(() -> get("secret")).satisfies(refusal(403, "InvalidAccessKeyId"));
  }

  @Test
  void keysThatLeadElsewhereAreRefused() {
    assertThatThrownBy(() -> put("a/../../b", random(1, 1)))
        .satisfies(refusal(400, "InvalidArgument"));
    assertThatThrownBy(() -> put("a\\b", random(1, 1))).satisfies(refusal(400, "InvalidArgument"));
  }

  @Test
  void urlSignedByAClientHoldsForItsTimeAndItsMethod() throws Exception {
    try (S3Presigner presigner =
        S3Presigner.builder()
            .endpointOverride(endpoint())
            .region(Region.of("garage"))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .credentialsProvider(credentials(key.id(), keys.secret(key.id())))
            .build()) {
      put("shared", random(7, 5_000));
      URI url =
          presigner
              .presignGetObject(r ->
                  r.signatureDuration(Duration.ofMinutes(1))
                      .getObjectRequest(g -> g.bucket(bucket).key("shared")))
              .url()
              .toURI();
      URI brief =
          presigner
              .presignGetObject(r ->
                  r.signatureDuration(Duration.ofSeconds(1))
                      .getObjectRequest(g -> g.bucket(bucket).key("shared")))
              .url()
              .toURI();

      assertThat(send("GET", url, new byte[0]).body()).isEqualTo(random(7, 5_000));
      assertThat(send("DELETE", url, new byte[0]).statusCode()).isEqualTo(403);
      assertThat(send("GET", URI.create(url + "0"), new byte[0]).statusCode()).isNotEqualTo(200);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> send("GET", brief, new byte[0]).statusCode() == 403);
    }
  }

  @Test
  void withoutASignatureNothingIsTold() throws Exception {
    URI object = URI.create(endpoint() + "/" + bucket + "/x");

    for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "POST")) {
      assertThat(send(method, object, new byte[] {1}).statusCode()).as(method).isEqualTo(403);
    }
    assertThat(new String(send("GET", object, new byte[0]).body()))
        .contains("<Code>AccessDenied</Code>");
  }

  private static HttpResponse<byte[]> send(String method, URI url, byte[] body) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(20))
              .method(
                  method,
                  method.startsWith("P")
                      ? HttpRequest.BodyPublishers.ofByteArray(body)
                      : HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }
}
