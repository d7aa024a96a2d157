// How many CA steps a frame takes, so that the world goes as fast as was asked for and the page stays smooth.

/** CA steps a second at each position of the slider; the last goes as fast as it can. */
export const SPEEDS = [2, 8, 15, 30, 60, 120, 240, Number.POSITIVE_INFINITY] as const;
export const USUAL_SPEED = SPEEDS.indexOf(60);

/** How long the steps of one frame may take, and of one where speed is all that counts. */
const FRAME_BUDGET_MS = 12;
const FULL_BUDGET_MS = 30;
const MOST_STEPS = 200;
/** The longest time that a frame makes up for: after a pause of the whole page it does not race. */
const LONGEST_MS = 100;
/** CA steps a second at which a new pattern grows up, and until which age. */
const YOUNG_SPEED = 180;
const YOUNG = 110;
const NEWEST = 0.2;

export class Pace {
  private due = 0;
  private last = 0;
  private stepMs = 1;

  /** The steps of a frame at this time, for a world of this age. */
  stepsAt(now: number, position: number, age: number): number {
    const seconds = Math.min(LONGEST_MS, now - this.last) / 1000;
    this.last = now;
    const wanted = SPEEDS[position];
    const isFull = wanted === Number.POSITIVE_INFINITY;
    const isYoung = age < YOUNG && !isFull && wanted >= SPEEDS[USUAL_SPEED];
    const budget = isFull ? FULL_BUDGET_MS : FRAME_BUDGET_MS;
    const most = Math.min(MOST_STEPS, Math.max(1, Math.floor(budget / this.stepMs)));
    this.due = isFull ? most : Math.min(most, this.due + seconds * (isYoung ? YOUNG_SPEED : wanted));
    const steps = Math.floor(this.due);
    this.due -= steps;
    return steps;
  }

  /** A frame in which the world stands still. */
  rest(now: number): void {
    this.last = now;
    this.due = 0;
  }

  /** Learns how long so many steps took. */
  took(steps: number, ms: number): void {
    this.stepMs = (1 - NEWEST) * this.stepMs + (NEWEST * ms) / steps;
  }
}
