package dev.muster.aggregator.shell.webhook;

import dev.muster.aggregator.shell.DeliverySignal;
import dev.muster.aggregator.shell.RecordBatches;
import dev.muster.contracts.Topic;
import dev.muster.contracts.webhook.WebhookEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Tx;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** What the gateway says of webhook endpoints. */
@ApplicationScoped
class WebhookConsumer {
  private final RecordBatches batches;
  private final DeliverySignal signal;
  private final EndpointRepository endpoints = new EndpointRepository();

  WebhookConsumer(RecordBatches batches, DeliverySignal signal) {
    this.batches = batches;
    this.signal = signal;
  }

  @Incoming("webhooks")
  @Blocking
  void consume(ConsumerRecords<String, byte[]> records) {
    batches.run(Topic.WEBHOOKS, records, this::apply);
  }

  private Runnable apply(Tx tx, List<Decoded.Readable<WebhookEvent>> messages) {
    for (var message : messages) {
      for (WebhookEvent event : message.message().events()) {
        switch (event) {
          case WebhookEvent.EndpointSaved e -> endpoints.save(tx, e);
          case WebhookEvent.EndpointDeleted e -> endpoints.delete(tx, e);
          case WebhookEvent.PingRequested e -> endpoints.ping(tx, e);
          case WebhookEvent.RedeliveryRequested e -> endpoints.redeliver(tx, e);
          // Our own word, for others.
          case WebhookEvent.EndpointDisabled _ -> {}
        }
      }
    }
    return signal::wake;
  }
}
