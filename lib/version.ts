/** The package's version, as in package.json: a recipe names the version that its rule was trained with. */
export const VERSION = "0.1.0";
