package dev.muster.kit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;

/** A real producer with something going wrong around it. */
final class FaultyProducer {
  private final Producer<String, byte[]> real;
  private final int fatalSend;
  private final Runnable death;
  private final AtomicInteger sends = new AtomicInteger();
  private final boolean silent;
  private final int refusedSend;

  /** The given send is acknowledged by the broker, and then death comes before its sender knows. */
  FaultyProducer(Producer<String, byte[]> real, int fatalSend, Runnable death) {
    this.real = real;
    this.fatalSend = fatalSend;
    this.death = death;
    this.silent = false;
    this.refusedSend = 0;
  }

  /** The given send is refused at once, and never reaches the broker. */
  FaultyProducer(Producer<String, byte[]> real, int refusedSend) {
    this.real = real;
    this.fatalSend = 0;
    this.death = () -> {};
    this.silent = false;
    this.refusedSend = refusedSend;
  }

  /** No send is ever acknowledged. */
  FaultyProducer(Producer<String, byte[]> real) {
    this.real = real;
    this.fatalSend = 0;
    this.death = () -> {};
    this.silent = true;
    this.refusedSend = 0;
  }

  @SuppressWarnings("unchecked")
  Producer<String, byte[]> asProducer() {
    return (Producer<String, byte[]>)
        Proxy.newProxyInstance(
            Producer.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("send") && silent) {
                return new CompletableFuture<>();
              }
              boolean send = method.getName().equals("send");
              int number = send ? sends.incrementAndGet() : 0;
              if (send && number == refusedSend) {
                return CompletableFuture.failedFuture(new IllegalStateException("no metadata"));
              }
              try {
                Object result = method.invoke(real, arguments);
                if (send && number == fatalSend) {
                  ((Future<?>) result).get();
                  death.run();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
