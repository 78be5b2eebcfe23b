package dev.muster.gateway.shell.s3;

import dev.muster.gateway.s3.S3Error;
import dev.muster.gateway.shell.bucket.ObjectUploads.Named;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the documents that S3 clients send. Entities and document types are not read at all. */
final class XmlBody {
  private static final int ENTRIES_MAX = 10_000;
  private static final XMLInputFactory READERS = readers();

  private XmlBody() {}

  private static XMLInputFactory readers() {
    XMLInputFactory readers = XMLInputFactory.newDefaultFactory();
    readers.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    readers.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    readers.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    readers.setProperty(XMLInputFactory.IS_COALESCING, true);
    return readers;
  }

  /** The parts that a completion names. */
  static List<Named> parts(byte[] body) {
    List<Named> parts = new ArrayList<>();
    int[] number = {0};
    String[] etag = {""};
    read(
        body,
        new Listener() {
          @Override
          public void text(String element, String text) {
            if (element.equals("PartNumber")) {
              number[0] = number(text);
            } else if (element.equals("ETag")) {
              etag[0] = text.strip().replace("\"", "");
            }
          }

          @Override
          public void ended(String element) {
            if (element.equals("Part")) {
              parts.add(new Named(number[0], etag[0]));
            }
          }
        });
    if (parts.isEmpty() || parts.size() > ENTRIES_MAX) {
      throw new S3Exception(S3Error.MALFORMED_XML);
    }
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i).number() <= parts.get(i - 1).number()) {
        throw new S3Exception(S3Error.INVALID_PART_ORDER);
      }
    }
    return parts;
  }

  private static int number(String text) {
    if (!text.strip().matches("[1-9][0-9]{0,4}")) {
      throw new S3Exception(S3Error.MALFORMED_XML);
    }
    return Integer.parseInt(text.strip());
  }

  /**
   * What a deletion of many names.
   *
   * @param keys which
   * @param quiet whether only failures are told
   */
  record Deleted(List<String> keys, boolean quiet) {}

  /** The keys that a deletion names. */
  static Deleted keys(byte[] body) {
    List<String> keys = new ArrayList<>();
    boolean[] quiet = {false};
    read(
        body,
        new Listener() {
          @Override
          public void text(String element, String text) {
            if (element.equals("Key")) {
              keys.add(text);
            } else if (element.equals("Quiet")) {
              quiet[0] = text.strip().equals("true");
            }
          }

          @Override
          public void ended(String element) {
            // Keys are all there is to know.
          }
        });
    if (keys.isEmpty() || keys.size() > 1_000) {
      throw new S3Exception(S3Error.MALFORMED_XML);
    }
    return new Deleted(keys, quiet[0]);
  }

  private interface Listener {
    void text(String element, String text);

    void ended(String element);
  }

  private static void read(byte[] body, Listener listener) {
    try {
      XMLStreamReader xml = READERS.createXMLStreamReader(new ByteArrayInputStream(body));
      StringBuilder text = new StringBuilder();
      while (xml.hasNext()) {
        switch (xml.next()) {
          case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
              text.append(xml.getText());
          case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
              throw new S3Exception(S3Error.MALFORMED_XML);
          case XMLStreamConstants.END_ELEMENT -> {
            listener.text(xml.getLocalName(), text.toString());
            listener.ended(xml.getLocalName());
            text.setLength(0);
          }
          default -> {
            // Comments and such say nothing.
          }
        }
      }
    } catch (XMLStreamException e) {
      throw new S3Exception(S3Error.MALFORMED_XML);
    }
  }
}
