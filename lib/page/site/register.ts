// The service worker, which keeps the site for when there is no network, and adds the headers that threads need.

import type { Session } from "../app/session.js";

const RELOADED = "reloaded-for-threads";

/** A page gets the headers with its next loading; it is loaded again for them only while nothing would be lost. */
export function register({ stage, mode }: Session): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return; // not from a file, nor over plain http
  const reloadOnce = () => {
    if (crossOriginIsolated || stage.isTouched || mode.value !== "live" || sessionStorage.getItem(RELOADED))
      return;
    sessionStorage.setItem(RELOADED, "yes");
    location.reload();
  };
  serviceWorker.addEventListener("controllerchange", reloadOnce);
  serviceWorker.register("sw.js").catch(() => {}); // forbidden here: the site works with the network alone
  if (serviceWorker.controller) reloadOnce();
}
