// What computes on the GPU, in one module that is loaded when it is asked for: a page that takes another engine does not carry it.

import { checkDevice } from "./check.js";
import { Device } from "./device.js";
import { requestDevice } from "./gpu.js";

export { Group } from "./group.js";
export { Tape } from "./tape.js";
export { Track } from "./track.js";

/** A device that computes rightly. Throws EngineError where there is none. */
export async function openDevice(): Promise<Device> {
  const device = new Device(await requestDevice());
  try {
    await checkDevice(device);
    return device;
  } catch (error) {
    device.dispose();
    throw error;
  }
}
