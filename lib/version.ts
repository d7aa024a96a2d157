/** Of the package, as in package.json: a recipe names the version that it was trained with. */
export const VERSION = "0.1.0";
