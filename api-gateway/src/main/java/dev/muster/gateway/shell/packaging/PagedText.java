package dev.muster.gateway.shell.packaging;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/** Texts one after the other as UTF-8 bytes, each asked for when those before are read. */
final class PagedText extends InputStream {
  private final Iterator<String> texts;
  private byte[] current = new byte[0];
  private int read;

  PagedText(Iterator<String> texts) {
    this.texts = texts;
  }

  @Override
  public int read() {
    return fill() ? current[read++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, current.length - read);
    System.arraycopy(current, read, buffer, offset, n);
    read += n;
    return n;
  }

  private boolean fill() {
    while (read == current.length && texts.hasNext()) {
      current = texts.next().getBytes(StandardCharsets.UTF_8);
      read = 0;
    }
    return read < current.length;
  }
}
