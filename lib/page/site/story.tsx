// The story under the playground: what the visitor has just seen, in six short paragraphs with small stages that live, and
// where it goes on.

import type { ComponentChildren } from "preact";
import { SPREAD } from "../../infection/infect.js";
import { strainAt } from "../app/load.js";
import type { Catalogue, StrainFiles } from "../offers.js";
import { type Scene, sceneOf } from "../scene.js";
import type { World } from "../world.js";
import { MiniStage } from "./mini-stage.js";

function strainIn({ offers }: Catalogue, offer: string, variant: string, place = 0): StrainFiles | undefined {
  return offers.find(({ id }) => id === offer)?.variants.find(({ id }) => id === variant)?.strains[place];
}

const loading = (...strains: readonly StrainFiles[]) => {
  const load = async (): Promise<Scene> => sceneOf("", await Promise.all(strains.map(strainAt)), SPREAD);
  return load;
};

/** Wounds it in its middle, again and again. */
function woundNow(world: World): void {
  if (world.age % 130 !== 100) return;
  const { width, height } = world.cells;
  world.wound(width / 2 + 8 * Math.sin(world.age), height / 2, 9);
}

/** Infects it in one cell when it has grown. */
function infectNow(world: World): void {
  if (world.age === 100) world.infectAtRandom(1);
}

function Part({
  title,
  stage,
  children,
}: {
  readonly title: string;
  readonly stage?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section>
      <div class="seen">{stage}</div>
      <div>
        <h3>{title}</h3>
        <p>{children}</p>
      </div>
    </section>
  );
}

const CELLS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const CENTRE = 4;

/** A cell that sees its neighbours, its network, and what it becomes. */
function Step() {
  return (
    <svg
      class="diagram"
      viewBox="0 0 180 90"
      role="img"
      aria-label="A cell sees its eight neighbours, asks its network, and changes"
    >
      {CELLS.map((cell) => (
        <rect
          key={cell}
          x={6 + 20 * (cell % 3)}
          y={16 + 20 * Math.floor(cell / 3)}
          width="18"
          height="18"
          rx="3"
          class={cell === CENTRE ? "own" : ""}
        />
      ))}
      <path d="M72 45h14m-5-4 5 4-5 4" />
      {[30, 45, 60].map((y) =>
        [20, 36, 54, 70].map((to) => <path key={`${y} ${to}`} class="thin" d={`M94 ${y} L114 ${to}`} />),
      )}
      {[30, 45, 60].map((y) => (
        <circle key={y} cx="94" cy={y} r="4" />
      ))}
      {[20, 36, 54, 70].map((y) => (
        <circle key={y} cx="114" cy={y} r="4" />
      ))}
      <path d="M124 45h14m-5-4 5 4-5 4" />
      <rect x="148" y="36" width="18" height="18" rx="3" class="new" />
    </svg>
  );
}

/** The small stages, made once: each loads its rules when it is first seen. */
function stagesOf(catalogue: Catalogue) {
  const bird = strainIn(catalogue, "bird", "bird-to-lizard");
  const infection = strainIn(catalogue, "bird", "bird-to-lizard", 1);
  const growing = strainIn(catalogue, "lizard", "lizard-compared");
  const staying = strainIn(catalogue, "lizard", "lizard-compared", 1);
  const healing = strainIn(catalogue, "lizard", "lizard-compared", 2);
  return {
    cell: bird && <MiniStage label="A bird grows from one cell" load={loading(bird)} until={140} />,
    growing: growing && (
      <MiniStage label="A lizard grows and falls apart" load={loading(growing)} until={420} />
    ),
    staying: staying && <MiniStage label="A lizard grows and stays" load={loading(staying)} until={2000} />,
    healing: healing && (
      <MiniStage label="A lizard heals" load={loading(healing)} happen={woundNow} until={900} />
    ),
    spreading: bird && infection && (
      <MiniStage
        label="A bird becomes a lizard"
        load={loading(bird, infection)}
        happen={infectNow}
        until={320}
      />
    ),
  };
}

export function storyOf(catalogue: Catalogue) {
  const stages = stagesOf(catalogue);
  const { links, facts } = catalogue;
  return function Story() {
    return (
      <article class="story">
        <h2>How can a picture live?</h2>
        <Part title="One cell" stage={stages.cell}>
          Every creature here grows from a single cell. Nobody draws it: the cell divides, its neighbours
          wake, and after a hundred steps the picture is there.
        </Part>
        <Part title="The same tiny network in all of them" stage={<Step />}>
          A cell is 16 numbers: its colour, and twelve that it keeps to itself. It sees its eight neighbours,
          asks a network of {facts.weights} weights, and changes a little. All cells have the same network;
          none knows where it is.
        </Part>
        <Part title="Learning is growing, and going back in time" stage={stages.growing}>
          To learn, a pattern grows, is compared with the picture, and every step is gone through backwards to
          find which weights to blame. What was only trained to grow does not know how to stop: look long
          enough, and it falls apart.
        </Part>
        <Part title="A pool teaches it to stay" stage={stages.staying}>
          So what has grown goes back into a pool and is grown on from there, thousands of times. A pattern
          that drifts away from its picture is corrected, until it stays for good.
        </Part>
        <Part title="Wounds teach it to heal" stage={stages.healing}>
          Cut patterns from the pool on purpose, and the cells learn to grow back what is missing.{" "}
          {facts.healing}
        </Part>
        <Part title="A second network spreads" stage={stages.spreading}>
          Give one cell of the bird another network, and let it pass on to its neighbours by chance. It was
          trained to turn a bird into a lizard. {facts.infection}
        </Part>
        <h2>Go on</h2>
        <ul class="links">
          {links.map(({ label, address }) => (
            <li key={label}>
              <a href={address}>{label}</a>
            </li>
          ))}
        </ul>
      </article>
    );
  };
}
