// Whether a test that needs Jupyter can run; scripts/setup/test.mjs has looked.

/** Why a test is skipped, for its option `skip`; false where there is a Jupyter. */
export const NO_JUPYTER = process.env.NCA_NO_JUPYTER === "1" && "Jupyter was not found";
