// npm run train: trains a rule to grow a picture, or to infect another's pattern.

import { rmSync } from "node:fs";
import { runCommand } from "./shared/command.js";
import { engineOf } from "./shared/engine.js";
import { Progress } from "./shared/progress.js";
import { trainFlags } from "./shared/train-flags.js";
import { checkPaths, statePathOf } from "./train/paths.js";
import { learn, type Run, runOf, stopping, tellCost } from "./train/run.js";
import { rulesOf, unfinishedOf } from "./train/several.js";
import { checkTogether } from "./train/together.js";

await runCommand(import.meta.url, trainFlags, async ({ values: given }) => {
  const all = unfinishedOf(rulesOf(given));
  for (const values of all) {
    checkTogether(values);
    checkPaths(values);
  }
  const nca = await import("../lib/node.js");
  const engine = engineOf(given);
  const engines = engine?.together?.(all.length);
  const runs: Run[] = [];
  try {
    for (const [i, values] of all.entries())
      runs.push(await runOf(values, engines?.[i] ?? engine ?? nca.defaultEngine()));
  } catch (error) {
    // what has not begun is nothing to go on with
    for (const { values, trainer } of runs)
      if (trainer.step === 0) rmSync(statePathOf(values.out), { force: true });
    throw error;
  }
  await tellCost(runs[0]);
  if (runs.length > 1)
    console.error(
      engines
        ? `That is of one rule; ${runs.length} are trained at once.`
        : `That is of one rule; ${runs.length} are trained one after the other.`,
    );
  const steps = (run: Run) => run.trainer.options.steps;
  const total = runs.reduce((sum, run) => sum + steps(run), 0);
  const done = () => runs.reduce((sum, { trainer }) => sum + trainer.step, 0);
  const progress = new Progress(total, done());
  const losses = runs.map(() => Number.NaN);
  const stop = stopping();
  const works = runs.map((run, i) => () => {
    const show = (logLoss: number) => {
      losses[i] = logLoss;
      const known = losses.filter((loss) => !Number.isNaN(loss));
      const text = known.map((loss) => loss.toFixed(known.length > 1 ? 2 : 3)).join(" ");
      progress.update(done(), `log loss ${text}`);
    };
    return learn(run, { stop, progress, show, isAlone: runs.length === 1 });
  });
  try {
    const { allOf } = await import("../lib/train/together.js");
    await allOf(works, engines !== undefined);
  } catch (error) {
    if (error instanceof nca.InterruptedError) progress.say("The same command with --resume goes on.");
    throw error;
  }
});
