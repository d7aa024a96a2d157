// What runs anywhere, in Node and in pages: rules, engines, training, infection, frames; targets and models from bytes.
// Imports no Node module, no TensorFlow.js and no canvas.

export { adversariesOf } from "./adversarial/adversaries.js";
export {
  CHANGES,
  type Change,
  changedLizard,
  recoloured,
  without,
} from "./adversarial/changes.js";
export { matrixOf, perturbationOf, perturbed } from "./adversarial/perturbation.js";
export { boardsOfGif, type LifeColour } from "./automaton/animation.js";
export {
  type Automaton,
  automatonOf,
  elementary,
  entropyOf,
  lifeLike,
  NEIGHBOURHOODS,
  randomAutomaton,
} from "./automaton/automaton.js";
export {
  type Board,
  boardsOf,
  cellsOfBoards,
  neighbourhoodsOf,
  nextBoard,
  randomBoard,
} from "./automaton/board.js";
export {
  boundaryOf,
  type Census,
  censusOf,
  contradictionsIn,
  randomTransitions,
  surprisesIn,
  type Transition,
  transitionsOf,
  unseenIn,
} from "./automaton/census.js";
export { automatonTask, type Learned, type LearnOptions, learnAutomaton } from "./automaton/learn.js";
export {
  AUTOMATON_SPEC,
  type AutomatonRuleOptions,
  automatonIn,
  boardAfter,
  LIFE_COLOUR,
  ruleOfAutomaton,
} from "./automaton/network.js";
export { inWords } from "./automaton/words.js";
export {
  ALPHA,
  CENTRE,
  type Cells,
  type CellsOptions,
  cellsOf,
  copyCells,
  emptyCells,
  RGBA,
  type Seed,
  type SeedOptions,
  sampleOf,
  seedCells,
  stackCells,
  type Target,
  withStrains,
} from "./cells/cells.js";
export { EngineError, FileError, InvalidInputError, NcaError } from "./cells/errors.js";
export type { Json } from "./cells/json.js";
export { pictureLosses, pictureLossGradient } from "./cells/picture-loss.js";
export { type PoolState, SamplePool } from "./cells/pool.js";
export { Random } from "./cells/random.js";
export { type Batch, batchOf, type Sample } from "./cells/sample.js";
export { mean, median } from "./cells/statistics.js";
export {
  applyWound,
  type Circle,
  type HalfPlane,
  type Hit,
  type Rectangle,
  type Wound,
  wound,
  woundCircle,
  woundHalf,
  woundHole,
} from "./cells/wound.js";
export { type Agreement, agreementOf, type SharesByStep } from "./digits/agreement.js";
export {
  beliefsOf,
  cellsOfDigits,
  colouredByBelief,
  DIGIT_SIDE,
  DIGIT_SPEC,
  type Digit,
  FIRST_LABEL,
  LABEL_COLOURS,
  readDigits,
} from "./digits/digit.js";
export { drawDigit } from "./digits/draw.js";
export { digitsTask } from "./digits/task.js";
export type {
  Engine,
  Rollout,
  RolloutGradient,
  RolloutOptions,
  SyncEngine,
  SyncRollout,
  TapedOptions,
} from "./engine/engine.js";
export {
  defaultEngine,
  defaultSyncEngine,
  ENGINE_NAMES,
  type EngineName,
  engineNamed,
} from "./engine/engines.js";
export { type GrowOptions, grow, MAX_SIZE, type Moment, stateAt, statesAt } from "./engine/grow.js";
export type {
  Learner,
  LearnerOrder,
  LearnerState,
  LearnerTensors,
  LossData,
  StepPlan,
  StepResult,
} from "./engine/learner.js";
export { ReferenceEngine } from "./engine/reference/reference.js";
export { canFuse, FusedEngine } from "./engine/wasm/fused.js";
export type { KernelKind } from "./engine/wasm/module.js";
export { WasmEngine } from "./engine/wasm/wasm.js";
export type { Card } from "./engine/webgpu/gpu.js";
export { WebGpuEngine } from "./engine/webgpu/webgpu.js";
export { engineInWorker, type WorkerEngine, type WorkerOptions } from "./engine/worker/client.js";
export { Herd, type HerdOptions, hostsOf } from "./infection/herd.js";
export { infectAtRandom, matureCells, SPREAD, shareOf } from "./infection/infect.js";
export { INFECTION_RECIPE, type InfectionOptions, infectionOf } from "./infection/infection.js";
export { summaryOfTrials, type TrialsSummary } from "./infection/summary.js";
export { infectionTrials, SUCCESS, type Trial, type TrialsOptions } from "./infection/trials.js";
export { type Checkpoint, type CheckpointNotes, decodeRule, encodeRule } from "./io/checkpoint.js";
export { type DistillModel, decodeDistill, encodeDistill } from "./io/distill/distill.js";
export { decodeModel, readModel } from "./io/model.js";
export { encodeOnnx, type OnnxOptions } from "./io/onnx/write.js";
export type { Pixels } from "./io/picture/pixels.js";
export {
  FEATURE_ORDERS,
  type FeatureOrder,
  GRADIENTS,
  type Gradients,
  type Reading,
  type ReadOptions,
} from "./io/reading/reading.js";
export { type TargetOptions, targetFromPixels, targetFromPng } from "./io/target.js";
export { fingerprintOf, isOpaque } from "./io/target-facts.js";
export { pytorchModule } from "./io/torch/module.js";
export { encodeStateDict } from "./io/torch/state-dict.js";
export { decodeTorch } from "./io/torch/torch.js";
export { type Scene, type SceneStrain, sceneApart, sceneOf } from "./page/scene.js";
export { type Snapshot, type StrainedCells, World, type WorldOptions } from "./page/world.js";
export { filtersOf, PERCEPTIONS, type Perception } from "./rule/filters.js";
export {
  cloneRule,
  createRule,
  fingerprint,
  PARAMETERS,
  type ParameterName,
  type Parameters,
  parameterCount,
  type Rule,
  type RuleOptions,
} from "./rule/rule.js";
export { livingCells, type SeededGrid, seedFor, seedsOf } from "./rule/seeds.js";
export {
  ALIVE_MASKS,
  ALIVE_REACHES,
  ALIVE_THRESHOLD,
  type AliveMask,
  type AliveReach,
  BOUNDARIES,
  type Boundary,
  DEFAULT_SPEC,
  isMature,
  MAX_HIDDEN,
  type RuleSpec,
} from "./rule/spec.js";
export { MAX_STRAINS, type Rules, type Strains, strainsOf, withStrain } from "./rule/strains.js";
export { drawTexture, TEXTURES, type TextureName } from "./textures/draw.js";
export { textureLoss, textureTask, type Woven } from "./textures/task.js";
export { TEXTURE_SPEC } from "./textures/texture.js";
export { encodeWgsl, inBytes, wgslBytes } from "./textures/wgsl.js";
export { Adam, normalizeGradient } from "./train/adam.js";
export { type StepCost, stepCost } from "./train/cost.js";
export {
  DAMAGES,
  type Damage,
  randomCircle,
  randomHalfPlane,
  randomHole,
  randomSide,
  randomWound,
  woundAtRandom,
} from "./train/damage.js";
export {
  cutFiveWays,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  MEASURED_STEPS,
  WOUNDED_AT,
} from "./train/evaluate.js";
export { type GrowthOptions, growth } from "./train/growth.js";
export { LIFE, LIVES, type LivesOptions, livesOf } from "./train/lives.js";
export {
  type LossSummary,
  logLoss,
  OBJECTIVES,
  type Objective,
  RECOVERED,
  type Recovered,
  recoveredOf,
  summaryOfLosses,
} from "./train/loss.js";
export {
  type GivenOptions,
  RECIPE,
  RECIPES,
  REGIMES,
  REPLACED,
  type RecipeName,
  type Regime,
  type Replaced,
  type TrainingOptions,
} from "./train/options.js";
export { notesOf, type Recipe, recipeIn, type Stage, stageOf } from "./train/recipe.js";
export type { Safeguard } from "./train/safeguard.js";
export { type SurvivalOptions, type SurvivalPlace, survivalOf } from "./train/survival.js";
export type { MeasureOptions, Task } from "./train/task.js";
export { type TogetherOptions, type TrainingJob, trainTogether } from "./train/together.js";
export { DivergedError, Trainer, type TrainerOptions, type TrainingStep } from "./train/trainer.js";
export { InterruptedError, runTrainer, type TrainOptions, train, training } from "./train/training.js";
export { decodeTraining, encodeTraining, OtherTrainingError } from "./train/training-state.js";
export { VERSION } from "./version.js";
export {
  type Background,
  checkScaledSize,
  type Rgb,
  type Rgba,
  type RgbaOptions,
  toRgba,
} from "./view/frame.js";
export { STRAIN_COLOURS, sideBySide, type TintOptions, tintedByStrain } from "./view/strains.js";
