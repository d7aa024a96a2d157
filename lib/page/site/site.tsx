// Starts the site: the page as files of any web host. What is not needed at first is loaded when it is asked for.

import { effect, signal } from "@preact/signals";
import { type ComponentType, Fragment, render } from "preact";
import { App } from "../app/app.js";
import { begin } from "../app/begin.js";
import { type Catalogue, siteOffers } from "../app/offers.js";
import { Button } from "../app/parts.js";
import { Session } from "../app/session.js";
import type { Workshop } from "../draw/workshop.js";
import { acceptDrops } from "../keep/drop.js";
import { register } from "./register.js";
import { storyOf } from "./story.js";

const catalogue = JSON.parse(document.querySelector("#catalogue")?.textContent ?? "") as Catalogue;
const Story = storyOf(catalogue);
const session = new Session(siteOffers(catalogue), true);
type Part = ComponentType<{ readonly session: Session }>;
const studio = signal<Part | undefined>(undefined);
const sharing = signal<Part | undefined>(undefined);
let workshop: Promise<Workshop> | undefined;

/** The drawing board comes when it is first wanted. */
function openWorkshop(): Promise<Workshop> {
  workshop ??= startWorkshop();
  return workshop;
}

async function startWorkshop(): Promise<Workshop> {
  const [{ Studio }, { Workshop }] = await Promise.all([
    import("../draw/studio.js"),
    import("../draw/workshop.js"),
  ]);
  const started = new Workshop(session, catalogue);
  await started.restore();
  studio.value = ({ session }) => <Studio session={session} workshop={started} />;
  return started;
}

async function openPicture(file: File): Promise<void> {
  session.mode.value = "draw";
  const [{ take }, workshop] = await Promise.all([import("../draw/tools.js"), openWorkshop()]);
  workshop.isDrawing.value = true;
  await take({ session, workshop }, file);
}

async function openSharing(): Promise<void> {
  const { SharePanel } = await import("../keep/share.js");
  const close = () => {
    sharing.value = undefined;
  };
  sharing.value = ({ session }) => <SharePanel session={session} onClose={close} />;
}

/** Shows what a link brought. */
async function openLink(fragment: string): Promise<void> {
  const [first] = session.offers.value;
  void first?.variants[0].load().catch(() => {}); // what the page has begun to load for it
  const { showShared } = await import("../keep/own.js");
  await showShared(session, catalogue, fragment);
}

function Share() {
  const run = () => void openSharing().catch((error) => session.tell(error));
  return <Button id="share" icon="share" label="Share" onClick={run} />;
}

function Site() {
  const Panel = sharing.value;
  return (
    <Fragment>
      <App session={session} Studio={studio.value} Share={Share} Story={Story} />
      {Panel && <Panel session={session} />}
    </Fragment>
  );
}

effect(() => {
  if (session.mode.value === "draw") openWorkshop().catch((error) => session.tell(error));
});
render(<Site />, document.querySelector("#app")!);
const fragment = location.hash.slice(1);
const isLink = fragment.length > 1;
begin(session, isLink ? () => openLink(fragment) : undefined);
addEventListener("hashchange", () => {
  if (location.hash.length > 1) openLink(location.hash.slice(1)).catch((error) => session.tell(error));
});
acceptDrops(session, {
  picture: (file) => void openPicture(file).catch((error) => session.tell(error)),
  rule: async (file) => (await import("../keep/own.js")).openRule(session, file),
});
register(session);
requestIdleCallback?.(
  () => void import("../keep/own.js").then(({ showKept }) => showKept(session, catalogue)),
);
