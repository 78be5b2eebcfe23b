package dev.muster.dispatcher.pool;

import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.worker.GpuDevice;
import java.time.Instant;
import java.util.List;

/** A lease as its worker carries it. */
final class Hold {
  final TaskKey key;
  final ResourceRequest request;
  final List<GpuDevice> devices;
  final Instant grantedAt;

  /** Whether it takes room now; a lease ahead waits on the worker until another one ends. */
  boolean charged;

  /** When the worker was last told of it or said that it has it. */
  Instant confirmedAt;

  /** Whether the worker was asked to give it back. */
  boolean wantedBack;

  Hold(
      TaskKey key,
      ResourceRequest request,
      List<GpuDevice> devices,
      Instant grantedAt,
      boolean charged) {
    this.key = key;
    this.request = request;
    this.devices = List.copyOf(devices);
    this.grantedAt = grantedAt;
    this.confirmedAt = grantedAt;
    this.charged = charged;
  }
}
