package dev.muster.gateway.shell.http;

import dev.muster.gateway.blob.Blob;
import dev.muster.gateway.blob.Sha256;
import dev.muster.gateway.packaging.PackageLayout;
import dev.muster.gateway.packaging.ResultPackage;
import dev.muster.gateway.shell.problem.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.Function;

/** Answers with the files of a package by their names in the download folder. */
final class PackageFiles {
  private PackageFiles() {}

  /**
   * The file of this name; another name is a 404.
   *
   * @param blob finds stored bytes
   */
  static Response answer(
      BlobAnswers answers,
      RoutingContext context,
      String name,
      ResultPackage made,
      Function<Sha256, Blob> blob) {
    return switch (name) {
      case PackageLayout.ARCHIVE ->
          answers.of(context, blob.apply(made.digest()), PackageLayout.ARCHIVE);
      case PackageLayout.MANIFEST ->
          answers.of(context, blob.apply(made.manifest()), PackageLayout.MANIFEST);
      case PackageLayout.SIGNATURE -> text(name, made.signature() + "\n");
      case PackageLayout.CHECKSUMS -> text(name, made.checksums());
      default -> throw ProblemException.notFound("file");
    };
  }

  private static Response text(String name, String text) {
    return Response.ok(text)
        .type(MediaType.TEXT_PLAIN_TYPE.withCharset("utf-8"))
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"")
        .build();
  }
}
