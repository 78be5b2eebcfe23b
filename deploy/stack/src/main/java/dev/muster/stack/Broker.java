package dev.muster.stack;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * The broker's main class: formats its storage when that is new, runs Apache Kafka, creates
 * Muster's topics, and then writes a file that says so. One JVM does all of it, because each
 * further one would cost a second of start.
 */
public final class Broker {
  private Broker() {}

  /**
   * Runs until SIGTERM.
   *
   * @param args the server.properties, the file to write when broker and topics are ready
   */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    Path ready = Path.of(args[1]);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    format(file, properties);
    Thread.ofPlatform().daemon().name("topics").start(() -> announce(properties, ready));
    Kafka.main(new String[] {file.toString()});
  }

  private static void format(Path file, Properties properties) throws IOException {
    String directory = properties.getProperty("log.dirs");
    if (Files.exists(Path.of(directory, "meta.properties"))) {
      return;
    }
    String cluster = Uuid.randomUuid().toString();
    String[] arguments = {"format", "-t", cluster, "-c", file.toString(), "--ignore-formatted"};
    int code = StorageTool.execute(arguments, System.out);
    if (code != 0) {
      throw new IOException("Expected to format " + directory + ", but got code " + code);
    }
  }

  private static void announce(Properties properties, Path ready) {
    try {
      Topics.create(properties.getProperty("advertised.listeners").replace("PLAINTEXT://", ""));
      Path fresh = ready.resolveSibling(ready.getFileName() + ".new");
      Files.writeString(fresh, Long.toString(ProcessHandle.current().pid()));
      Files.move(fresh, ready, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      // Without its topics the broker is of no use to anyone.
      Runtime.getRuntime().halt(3);
    }
  }
}
