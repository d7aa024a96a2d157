// Public families of rules, told apart by the names and shapes of their tensors: what their code does to the grid and
// their files do not say. Growing cannot tell which way is up, as a turned rule lives just as well. Whatever is read
// here was read in the source that each entry names; a fork that changed it needs the options.
import type { FoundModel } from "../layers/find.js";
import { DISTILLS, type Reading } from "./reading.js";

export interface Family {
  /** The repository whose code says so. */
  readonly source: string;
  /** What its two layers are called. */
  readonly names: string;
  /** What the name of the first layer's weights ends with. */
  readonly first: RegExp;
  /** Whether its layers are convolutions (four sides); either if not given. */
  readonly convolutions?: boolean;
  /** Whether the last layer has a bias; either if not given. */
  readonly lastBias?: boolean;
  readonly filters: 3 | 4;
  readonly reading: Reading;
}

/** A grouped 1-to-K convolution gives its features channel by channel. */
const GROUPED = { ...DISTILLS, features: "channel-major" } as const;
/** Sobel filters that are not divided by 8, Laplacians that are not divided by 4. */
const WHOLE = { sobelScale: 8, laplacianScale: 4 } as const;

export const FAMILIES: readonly Family[] = [
  {
    // x.transpose(1, 3) makes height the last axis, along which the first filter goes; so do its many forks
    source: "chenmingxiang110/Growing-Neural-Cellular-Automata",
    names: "fc0, fc1",
    first: /(^|\.)fc0\.weight$/,
    convolutions: false,
    filters: 3,
    reading: { ...DISTILLS, gradients: "yx" },
  },
  {
    source: "google-research/self-organising-systems (notebooks/growing_ca.ipynb)",
    names: "conv2d, conv2d_1",
    first: /(^|\/)(conv2d(_\d+)?)(\.weight|\/kernel)$/,
    filters: 3,
    reading: GROUPED,
  },
  {
    source: "google-research/self-organising-systems (notebooks/texture_nca_pytorch.ipynb)",
    names: "w1, w2",
    first: /(^|\.)w1\.weight$/,
    convolutions: true,
    filters: 4,
    reading: { ...GROUPED, ...WHOLE, boundary: "torus", aliveMask: "none", premultiplied: false },
  },
  {
    source: "MonashDeepNeuron/Neural-Cellular-Automata (TorchModels/Texture)",
    names: "layers.0, layers.2",
    first: /(^|\.)layers\.0\.weight$/,
    convolutions: true,
    lastBias: false,
    filters: 4,
    reading: { ...GROUPED, ...WHOLE, boundary: "torus", aliveMask: "none", premultiplied: false },
  },
  {
    source: "LetteraUnica/neural_cellular_automata",
    names: "layers.0, layers.2",
    first: /(^|\.)layers\.0\.weight$/,
    convolutions: true,
    lastBias: true,
    filters: 3,
    reading: { ...GROUPED, boundary: "torus", premultiplied: false },
  },
  {
    source: "MonashDeepNeuron/Neural-Cellular-Automata (TorchModels/RebuildingGCA)",
    names: "update_network.0, update_network.2",
    first: /(^|\.)update_network\.0\.weight$/,
    convolutions: true,
    lastBias: false,
    filters: 3,
    reading: { ...DISTILLS, ...WHOLE, gradients: "-y", boundary: "torus", premultiplied: false },
  },
  {
    source: "PWhiddy/Growing-Neural-Cellular-Automata-Pytorch",
    names: "conv1, conv2",
    first: /(^|\.)conv1\.weight$/,
    convolutions: true,
    lastBias: true,
    filters: 3,
    reading: { ...GROUPED, gradients: "-y", boundary: "torus", premultiplied: false },
  },
  {
    source: "belkakari/cellular-automata-pytorch",
    names: "conv1, conv2",
    first: /(^|\.)conv1\.weight$/,
    convolutions: true,
    lastBias: false,
    filters: 3,
    reading: { ...GROUPED, gradients: "-y" },
  },
  {
    source: "jensjepsen/growing-neural-cellular-automata",
    names: "state_update_rule.0, state_update_rule.2",
    first: /(^|\.)state_update_rule\.0\.weight$/,
    convolutions: false,
    filters: 3,
    reading: DISTILLS,
  },
  {
    source: "jankrepl/mildlyoverfitted (github_adventures/automata)",
    names: "update_module.0, update_module.2",
    first: /(^|\.)update_module\.0\.weight$/,
    convolutions: true,
    filters: 3,
    reading: GROUPED,
  },
];

/** The family that the layers are of, if they are of one. */
export function familyOf({ first, secondBias, filters }: FoundModel): Family | undefined {
  const isConvolution = first.tensor.shape.length === 4;
  return FAMILIES.find(
    (family) =>
      family.filters === filters &&
      family.first.test(first.name) &&
      (family.convolutions ?? isConvolution) === isConvolution &&
      (family.lastBias ?? secondBias !== undefined) === (secondBias !== undefined),
  );
}
