package dev.muster.contracts.worker;

/**
 * One GPU.
 *
 * @param uuid the driver's identity, as CUDA_VISIBLE_DEVICES takes it
 * @param model the driver's name for it, such as {@code NVIDIA H100 80GB HBM3}
 * @param memoryMb its memory in MiB
 */
public record GpuDevice(String uuid, String model, long memoryMb) {}
