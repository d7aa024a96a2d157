// What draws, and what talks to a notebook's kernel. Drawing needs packages that are loaded when something is drawn.

export { type LossChart, type LossChartOptions, type LossEvent, lossChart } from "./notebook/chart.js";
export { train, training, type WatchedOptions } from "./notebook/live.js";
export { type Playground, playground } from "./notebook/playground.js";
export { isShowable, type Showable, show } from "./notebook/show.js";
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
export { type Plot, type PlotOptions, plot } from "./view/plot.js";
export { rasterised } from "./view/raster.js";
export { survivalMap } from "./view/survival.js";
