// The page's composition: title and sentence, the stage with its tools, who holds how much, the tiles.

import { type ComponentType, Fragment } from "preact";
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

function Title({ session, Share }: { readonly session: Session; readonly Share: Extras["Share"] }) {
  const theme = themeNow();
  return (
    <header class="title">
      <div>
        <h1>Morphogenesis</h1>
        <p class="sentence">
          {session.mode.value === "draw"
            ? "Draw a creature. Then watch it learn to live."
            : session.variant.value?.sentence}
        </p>
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
