// The service worker, which keeps the site for when there is no network, and adds the headers that threads need.

import type { Session } from "../app/session.js";

const RELOADED = "reloaded-for-threads";

/** Whether the page was loaded again before in this visit; true as well where that cannot be remembered. */
function wasReloaded(): boolean {
  try {
    const before = sessionStorage.getItem(RELOADED);
    sessionStorage.setItem(RELOADED, "yes");
    return before !== null;
  } catch {
    return true;
  }
}

/** A page gets the headers with its next loading; it is loaded again for them only while nothing would be lost. */
export function register({ stage, mode }: Session): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return; // not from a file, nor over plain http
  const reloadOnce = () => {
    const isAtStart = !stage.isTouched && mode.value === "live";
    if (!crossOriginIsolated && isAtStart && !wasReloaded()) location.reload();
  };
  const start = async () => {
    serviceWorker.addEventListener("controllerchange", reloadOnce);
    await serviceWorker.register("sw.js");
    if (serviceWorker.controller) reloadOnce();
  };
  start().catch(() => {}); // forbidden here: the site works with the network alone
}
