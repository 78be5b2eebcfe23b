package dev.muster.gateway.shell.s3;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes a document of the S3 API. */
final class XmlDocument {
  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final XMLOutputFactory WRITERS = XMLOutputFactory.newDefaultFactory();

  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;

  /**
   * @param root name of the outermost element
   * @param named whether it is in the API's namespace; errors are not
   */
  XmlDocument(String root, boolean named) {
    try {
      xml = WRITERS.createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement(root);
      if (named) {
        xml.writeDefaultNamespace(NAMESPACE);
      }
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** Writes an element that holds a text. */
  XmlDocument element(String name, Object value) {
    try {
      xml.writeStartElement(name);
      xml.writeCharacters(value.toString());
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** Writes an element that holds others. */
  XmlDocument element(String name, Runnable inside) {
    try {
      xml.writeStartElement(name);
      inside.run();
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  /** The whole document. */
  String end() {
    try {
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.flush();
      return text.toString();
    } catch (XMLStreamException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(XMLStreamException e) {
    return new IllegalStateException("Expected to write a document to memory, but it failed", e);
  }
}
