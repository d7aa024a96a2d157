// Where things lie in the engine's memory. This file is read by TypeScript and compiled into the AssemblyScript
// kernels, so it holds plain numbers only. A "word" is 4 bytes.

/** Cells in a tile; inside a tile a feature's values lie side by side: [feature][TILE]. */
export const TILE = 8;
/** Channels, hidden units and features are padded to a multiple of this. */
export const BLOCK = 4;
/** Bytes of a cache line; blocks of memory start on one. */
export const LINE = 64;
/** Rows below the grid that stay zero: the padding row, then the three rows around the null cell. */
export const ROWS_BELOW = 4;

/** Alive masks. */
export const MASK_NONE = 0;
export const MASK_PRE = 1;
export const MASK_PRE_AND_POST = 2;

/** What a job does. */
export const GROW = 0;
export const GROW_TAPED = 1;
export const BACKPROPAGATE = 2;

/** Threads that make no progress for this long are taken for dead; a working thread reports every 256 tiles. */
export const SILENT_SECONDS = 20;

/** How a job ended. */
export const OK = 0;
export const OUT_OF_MEMORY = 1;
export const THREAD_FAILED = 2;

/** Words of the job, which lies at address JOB. */
export const JOB = 1024;
export const GENERATION = 0;
export const NEXT_SAMPLE = 1;
export const RUNNING = 2;
export const STATUS = 3;
/** Two words: a 64-bit address, so that asking for too much cannot wrap around. */
export const ARENA = 4;
export const KIND = 6;
export const COUNT = 7;
export const HEIGHT = 8;
export const WIDTH = 9;
export const STRIDE = 10;
export const CHANNELS = 11;
export const FILTERS = 12;
export const HIDDEN = 13;
export const MASK = 14;
export const FIRE_THRESHOLD = 15;
export const STEPS = 16;
export const FIRST_STEP = 17;
export const RNG_SEED = 18;
export const TILE_STRIDE = 19;
export const PLANE_BYTES = 20;
export const INSIDE_ROW = 21;
export const FILTER_TABLE = 22;
export const SCATTER_TABLE = 23;
export const W1_FORWARD = 24;
export const B1 = 25;
export const W2_FORWARD = 26;
export const B2 = 27;
export const W2_BACKWARD = 28;
export const W1_BACKWARD = 29;
export const SAMPLE_TABLE = 30;
export const THREAD_TABLE = 31;
export const PROGRESS = 32;
/** Threads that have a part in the job: the others have no scratch memory. */
export const THREADS = 33;
/** Bytes of the sums of one weight gradient: [W1, b1, W2, b2], four lanes per number. */
export const SUMS_BYTES = 34;
/** Is it a batch of one? Then thread 0 shares out its work, and what follows is in use: see kernels/share.ts. */
export const SHARED = 35;
export const TICKETS = 36;
export const SHARES_LEFT = 37;
export const SHARE_KIND = 38;
/** The tiles that are shared: how many, and where the first lies; all else is the leader's own. */
export const SHARE_TILES = 39;
export const SHARE_TILE = 40;
/** Rules on the grid: how many, the bytes from one's weights to the next's, and whose gradient is asked for. */
export const STRAINS = 41;
export const RULE_BYTES = 42;
export const TRAINED = 43;
/** A word for each pair of strains, [s][t]: the threshold of the coin by which a cell of strain t takes s. */
export const SPREAD = 44;
/** The most rules on one grid. */
export const MAX_STRAINS = 4;
export const JOB_WORDS = SPREAD + MAX_STRAINS * MAX_STRAINS;

/** Words of a sample. */
export const STATE = 0;
export const D_STATE = 1;
export const TAPE = 2;
export const D_PARAMETERS = 3;
export const SAMPLE_ID = 4;
/** A plane: the strain of every cell. */
export const STRAIN_PLANE = 5;
export const SAMPLE_WORDS = 8;

/** Words of a thread's own scratch memory. */
export const MATURE = 0;
export const NEXT = 1;
export const PRE = 2;
export const POST = 3;
export const LIFE = 4;
export const SEEN = 5;
export const ACTIVE = 6;
export const BORDER = 7;
export const UPDATES = 8;
export const SCRATCH_TILE = 9;
export const D_HIDDEN = 10;
export const D_PERCEPTION = 11;
export const D_ROWS = 12;
export const SUMS = 13;
export const NEXT_LIFE = 14;
export const ONE_STRAIN = 15;
/** One word per strain: how many of its cells are active. */
export const COUNTS = 16;
export const THREAD_WORDS = COUNTS + MAX_STRAINS;

/** Tiles that the backward pass takes through all layers before the next ones, so that they stay in cache. */
export const GROUP = 16;

/** Kinds of shared work. */
export const SHARE_FORWARD = 0;
export const SHARE_BACKWARD = 1;
/**
 * Shares of a CA step's backward pass when the batch is one. A constant, and used with one thread as well: each share
 * sums a weight gradient of its own, and the order of sums decides their bits.
 */
export const BACKWARD_SHARES = 4;

/** Words of a tape block: one CA step of one sample. */
export const BLOCK_ACTIVE = 0;
export const BLOCK_LIFE = 1;
export const BLOCK_TILES = 2;
/** One word per strain, as in the thread. */
export const BLOCK_COUNTS = 4;
