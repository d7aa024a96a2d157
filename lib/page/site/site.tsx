// Starts the site: the page as files of any web host. What is not needed at first is loaded when it is asked for.

import { effect, signal } from "@preact/signals";
import { type ComponentType, Fragment, render } from "preact";
import { App } from "../app/app.js";
import { begin } from "../app/begin.js";
import { siteOffers } from "../app/load.js";
import { Button } from "../app/parts.js";
import { Session } from "../app/session.js";
import type { Workshop } from "../draw/workshop.js";
import type { Catalogue } from "../offers.js";
import { acceptDrops } from "./drop.js";
import { register } from "./register.js";
import { storyOf } from "./story.js";

const catalogue = JSON.parse(document.querySelector("#catalogue")?.textContent ?? "") as Catalogue;
const session = new Session(siteOffers(catalogue), true);
const Story = storyOf(catalogue);
type Part = ComponentType<{ readonly session: Session }>;
const studio = signal<Part | undefined>(undefined);
const sharing = signal<Part | undefined>(undefined);
let workshop: Promise<Workshop> | undefined;

/** Does what is wanted; says what went wrong. */
const attempt = (what: Promise<unknown>) => void what.catch((error) => session.tell(error));

/** The drawing board comes when it is first wanted. */
function openWorkshop(): Promise<Workshop> {
  workshop ??= startWorkshop();
  workshop.catch(() => {
    workshop = undefined; // the next try may be luckier
  });
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

/** A gif of an automaton lives on; any other picture goes to the drawing board. */
async function openPicture(file: File): Promise<void> {
  if (file.type === "image/gif") {
    const { openAnimation } = await import("../keep/animation.js");
    if (await openAnimation(session, catalogue, file)) return;
  }
  session.draw();
  const workshop = await openWorkshop();
  workshop.isDrawing.value = true;
  await workshop.take(file);
}

async function openSharing(): Promise<void> {
  const { SharePanel } = await import("../keep/share.js");
  const close = () => {
    sharing.value = undefined;
  };
  sharing.value = ({ session }) => <SharePanel session={session} catalogue={catalogue} onClose={close} />;
}

/** Shows what a link brought. */
async function openLink(fragment: string): Promise<boolean> {
  const [first] = session.offers.value;
  void first?.variants[0].load().catch(() => {}); // what the page has begun to load for it
  const { showShared } = await import("../keep/own.js");
  return showShared(session, catalogue, fragment);
}

function Share() {
  return <Button id="share" icon="share" label="Share" onClick={() => attempt(openSharing())} />;
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
  if (session.mode.value === "draw") attempt(openWorkshop());
});
render(<Site />, document.querySelector("#app")!);
const fragment = () => location.hash.slice(1);
begin(session, fragment() ? () => openLink(fragment()) : undefined);
addEventListener("hashchange", () => {
  if (fragment()) attempt(openLink(fragment()));
});
acceptDrops({
  picture: (file) => attempt(openPicture(file)),
  rule: (file) =>
    attempt(import("../keep/own.js").then(({ openRule }) => openRule(session, catalogue, file))),
});
register(session);
const later = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 500));
later(() => attempt(import("../keep/own.js").then(({ showKept }) => showKept(session, catalogue))));
