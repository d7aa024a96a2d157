// The library's public face: re-exports, nothing else.

export {
  ALPHA,
  type Cells,
  emptyCells,
  sampleOf,
  seedCells,
  type Target,
  withStrains,
} from "./cells/cells.js";
export { FileError, InvalidInputError, NcaError } from "./cells/errors.js";
export { Random } from "./cells/random.js";
export { EngineError } from "./engine/errors.js";
export { type GrowOptions, grow, MAX_SIZE, statesAt } from "./engine/grow.js";
export { type RolloutOptions, type Rules, strainsOf } from "./engine/wasm/job.js";
export { Engine, engine, type Rollout, type RolloutGradient, type TapedOptions } from "./engine/wasm/wasm.js";
export { Herd, type HerdOptions, hostsOf } from "./infection/herd.js";
export { infectAtRandom, matureCells, shareOf } from "./infection/infect.js";
export { INFECTION_RECIPE, type InfectionOptions, infectionOf, SPREAD } from "./infection/infection.js";
export { summaryOfTrials, type TrialsSummary } from "./infection/summary.js";
export { infectionTrials, SUCCESS, type Trial, type TrialsOptions } from "./infection/trials.js";
export { writeFileAtomic } from "./io/atomic.js";
export {
  type Checkpoint,
  type CheckpointNotes,
  decodeRule,
  encodeRule,
  save,
} from "./io/checkpoint.js";
export { type DistillModel, decodeDistill, encodeDistill } from "./io/distill/distill.js";
export { loadTarget } from "./io/load-target.js";
export { decodeModel, load, loadCheckpoint } from "./io/model.js";
export { type TargetOptions, targetFromPng } from "./io/target.js";
export { encodeStateDict } from "./io/torch/state-dict.js";
export { decodeTorch } from "./io/torch/torch.js";
export { type LossChart, type LossChartOptions, type LossEvent, lossChart } from "./notebook/chart.js";
export { type Showable, show } from "./notebook/show.js";
export { type Playground, playground, playgroundPage } from "./page/html.js";
export { type Scene, type SceneStrain, sceneOf } from "./page/scene.js";
export { type StrainedCells, World } from "./page/world.js";
export { filtersOf, PERCEPTIONS, type Perception } from "./rule/filters.js";
export {
  ALIVE_MASKS,
  ALIVE_THRESHOLD,
  type AliveMask,
  cloneRule,
  createRule,
  DEFAULT_SPEC,
  fingerprint,
  MAX_HIDDEN,
  PARAMETERS,
  type ParameterName,
  type Parameters,
  parameterCount,
  type Rule,
  type RuleOptions,
  type RuleSpec,
} from "./rule/rule.js";
export { MAX_STRAINS, type Strains, withStrain } from "./rule/strains.js";
export {
  aliveMask,
  caStep,
  fireMask,
  patches,
  perceive,
  type StepKey,
  update,
  type Weights,
} from "./tensor/ops.js";
export { TensorRule, tensorRule, toCells, toTensor } from "./tensor/tensor-rule.js";
export { ready, TENSORFLOW_BACKENDS, type TensorFlowBackend } from "./tensor/tensorflow.js";
export { Adam, normalizeGradient } from "./train/adam.js";
export {
  type Circle,
  DAMAGES,
  type Damage,
  type HalfPlane,
  type Rectangle,
  randomCircle,
  randomHalfPlane,
  randomHole,
  randomSide,
  wound,
  woundAtRandom,
  woundCircle,
  woundHalf,
  woundHole,
} from "./train/damage.js";
export {
  cutFiveWays,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  MEASURED_STEPS,
  RECOVERED,
  WOUNDED_AT,
} from "./train/evaluate.js";
export {
  type LossSummary,
  logLoss,
  median,
  OBJECTIVES,
  type Objective,
  pictureLosses,
  pictureLossGradient,
  summaryOfLosses,
} from "./train/loss.js";
export {
  RECIPE,
  REGIMES,
  REPLACED,
  type Regime,
  type Replaced,
  type TrainingOptions,
} from "./train/options.js";
export { type PoolState, SamplePool } from "./train/pool.js";
export { OtherTrainingError, resumeTraining, saveTraining } from "./train/resume.js";
export type { Safeguard } from "./train/safeguard.js";
export { growth, type Task } from "./train/task.js";
export { DivergedError, Trainer, type TrainerOptions, type TrainingStep } from "./train/trainer.js";
export { InterruptedError, runTrainer, type TrainOptions, train, training } from "./train/training.js";
export { type CellGrid, type Rgb, type Rgba, type RgbaOptions, toRgba } from "./view/frame.js";
export { type Gif, type GifOptions, gif } from "./view/gif.js";
export {
  channelsPicture,
  filmstrip,
  type Picture,
  type PictureOptions,
  type PicturesOptions,
  picture,
  pictures,
} from "./view/picture.js";
export { type PlotOptions, plot } from "./view/plot.js";
export { rasterised } from "./view/raster.js";
export { STRAIN_COLOURS, sideBySide, tintedByStrain } from "./view/strains.js";
