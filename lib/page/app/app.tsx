// The page's composition: title and sentence, the stage with its tools, who holds how much, the tiles.

import { type ComponentType, Fragment } from "preact";
import { oneOf } from "../words.js";
import { StageCanvas } from "./canvas.js";
import { Drawer } from "./drawer.js";
import { Button, Note } from "./parts.js";
import type { Session } from "./session.js";
import { Shares } from "./shares.js";
import { chooseTheme, themeNow } from "./theme.js";
import { Tiles, Variants } from "./tiles.js";
import { Playback, Toolbar } from "./toolbar.js";

/** What a site adds to the page: loaded when it is asked for. */
export interface Extras {
  readonly Share?: ComponentType<{ readonly session: Session }>;
  readonly Studio?: ComponentType<{ readonly session: Session }>;
  readonly Story?: ComponentType;
}

/** Of what lives, from which on a creature has become another. */
const TAKEN = 0.97;

/** What to do now, in a sentence. */
function sentenceNow({ mode, variant, stage }: Session): string | undefined {
  if (mode.value === "draw") return "Draw a creature. Then watch it learn to live.";
  const scene = stage.scene.value;
  const [, share = 0] = stage.shares.value;
  const [host, other, cure] = scene?.strains ?? [];
  if (!other || scene?.isApart || share < TAKEN) return variant.value?.sentence;
  const isNow = `Now it is ${oneOf(other.name)}.`;
  return cure ? `${isNow} Cure it: the ${host.name} comes back.` : `${isNow} Start again, or choose another.`;
}

function Title({ session, Share }: { readonly session: Session; readonly Share: Extras["Share"] }) {
  const theme = themeNow();
  return (
    <header class="title">
      <div>
        <h1>Morphogenesis</h1>
        <p class="sentence">{sentenceNow(session)}</p>
      </div>
      <div class="row">
        {Share && <Share session={session} />}
        <Button
          id="theme"
          icon={theme === "dark" ? "light" : "dark"}
          label={theme === "dark" ? "Light" : "Dark"}
          isWordless
          onClick={() => chooseTheme(theme === "dark" ? "light" : "dark")}
        />
        <Button
          id="more"
          icon="more"
          label="Details"
          isWordless
          isOn={session.isDrawerOpen.value}
          onClick={() => {
            session.isDrawerOpen.value = !session.isDrawerOpen.value;
          }}
        />
      </div>
    </header>
  );
}

function Live({ session }: { readonly session: Session }) {
  const { stage } = session;
  const message = session.problem.value || stage.message.value;
  return (
    <Fragment>
      <StageCanvas session={session} />
      <div class="side">
        <Toolbar session={session} />
        <Playback stage={stage} />
      </div>
      <div class="below">
        <p class="hint" aria-hidden="true">
          {sentenceNow(session)}
        </p>
        <Shares stage={stage} />
        <Note>{message || session.variant.value?.facts}</Note>
        <Variants session={session} />
      </div>
    </Fragment>
  );
}

export function App({ session, Share, Studio, Story }: { readonly session: Session } & Extras) {
  return (
    <main>
      <div class="play" data-mode={session.mode.value}>
        <Title session={session} Share={Share} />
        {session.mode.value === "draw" && Studio ? <Studio session={session} /> : <Live session={session} />}
        <Tiles session={session} />
        <Drawer session={session} />
      </div>
      {Story && <Story />}
    </main>
  );
}
