// Where things lie in the engine's memory. This file is read by TypeScript and compiled into the AssemblyScript
// kernels, so it holds plain numbers only. A "word" is 4 bytes.

/** Cells in a tile, which is two halves, [feature][HALF_TILE] each. */
export const TILE = 8;
export const HALF_TILE = 4;
/**
 * Bytes between the halves: both are lines long, and two vectors at the same place of two lines are in one bank of the
 * first-level cache (measured on Zen 4, where reading them takes two to three times as long).
 */
export const HALF_GAP = 32;
/** Bytes between the rows of W2 for the backward pass, of which four are read side by side, for the same reason. */
export const ROW_GAP = 16;
/** Channels, hidden units and features are padded to a multiple of this. */
export const BLOCK = 4;
/** Bytes of a cache line; blocks of memory start on one. */
export const LINE = 64;
/** Rows below the grid: the padding row, then three rows of zeros around the null cell. */
export const ROWS_BELOW = 4;

/** Alive masks. */
export const MASK_NONE = 0;
export const MASK_PRE = 1;
export const MASK_PRE_AND_POST = 2;

/** Boundaries. */
export const BOUNDARY_ZERO = 0;
export const BOUNDARY_TORUS = 1;

/** A mature cell makes itself alive, or its neighbourhood as well. */
export const REACH_CELL = 0;
export const REACH_NEIGHBOURHOOD = 1;

/** What a job does. */
export const GROW = 0;
export const GROW_TAPED = 1;
export const BACKPROPAGATE = 2;

/** Threads that make no progress for this long are taken for dead; a working thread reports every few tiles. */
export const SILENT_SECONDS = 20;

/** How a job ended. */
export const OK = 0;
export const OUT_OF_MEMORY = 1;
export const THREAD_FAILED = 2;
/** A thread has not reported progress for SILENT_SECONDS. */
export const THREAD_SILENT = 3;

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
/** The most bytes of a tile on the tape, and those of its count and list of live units: see kernels/tile.ts. */
export const TILE_BYTES = 19;
export const UNITS_BYTES = 20;
export const PLANE_BYTES = 21;
export const INSIDE_ROW = 22;
export const FILTER_TABLE = 23;
export const SCATTER_TABLE = 24;
export const W1_FORWARD = 25;
export const B1 = 26;
export const W2_FORWARD = 27;
export const B2 = 28;
export const W2_BACKWARD = 29;
export const W1_BACKWARD = 30;
export const SAMPLE_TABLE = 31;
export const THREAD_TABLE = 32;
/** Threads that have a part in the job: the others have no scratch memory. */
export const THREADS = 33;
/** The first threads take samples and lead the work on them; the others help. */
export const LEADERS = 34;
/** Bytes of the sums of one weight gradient: [W1, b1, W2, b2], four lanes per number. */
export const SUMS_BYTES = 35;
/** Bytes of a hidden unit's values over a span, and of the masks of all units over MASK_TILES tiles: see kernels/span.ts. */
export const UNIT_BYTES = 36;
export const MASK_BYTES = 37;
/** What lies beyond the edge; a row of channels, all bits set in those that are no inputs. */
export const BOUNDARY = 38;
export const UPDATED_ROW = 39;
/** The channel whose value, above the threshold, a float, makes a cell mature. */
export const ALIVE_CHANNEL = 40;
/** Rules on the grid: how many, the bytes from one's weights to the next's, and whose gradient is asked for. */
export const STRAINS = 41;
export const RULE_BYTES = 42;
export const TRAINED = 43;
/** A word for each pair of strains, [s][t]: the threshold of the coin by which a cell of strain t takes s. */
export const SPREAD = 44;
export const ALIVE_THRESHOLD = 60;
/** How far a mature cell reaches. */
export const ALIVE_REACH = 61;
/** The most rules on one grid. */
export const MAX_STRAINS = 4;
/** What threads write to while others read the job, on cache lines of its own. */
export const PROGRESS = 64;
/** Samples that are done; threads that help, and those of them that sleep; a number that changes with every publishing. */
export const FINISHED = 80;
export const HELPERS = 81;
export const SLEEPERS = 82;
export const PUBLISHED = 83;
export const JOB_WORDS = 96;

/** Words of a sample. */
export const STATE = 0;
export const D_STATE = 1;
export const TAPE = 2;
export const D_PARAMETERS = 3;
export const SAMPLE_ID = 4;
/** A plane: the strain of every cell. */
export const STRAIN_PLANE = 5;
export const SAMPLE_WORDS = 8;

/** Words of a thread's own scratch memory: any thread's, */
export const SCRATCH_TILE = 0;
/** [live units][8 cells], the gradient of a tile's hidden units; */
export const D_HIDDEN = 1;
/** and a leader's. */
export const MATURE = 2;
export const NEXT = 3;
export const PRE = 4;
export const POST = 5;
export const LIFE = 6;
export const SEEN = 7;
export const ACTIVE = 8;
export const BORDER = 9;
export const UPDATES = 10;
export const D_PERCEPTION = 11;
export const D_ROWS = 12;
export const SUMS = 13;
export const NEXT_LIFE = 14;
export const ONE_STRAIN = 15;
/** [unit][tile of a span][8 cells]: hidden units and their gradients, where they are live; and masks of where they are. */
export const H_UNITS = 16;
export const D_UNITS = 17;
export const LIVE_TILES = 18;
/** Room for the tape that the thread has taken: where it goes on, and where it ends. */
export const TAPE_NEXT = 19;
export const TAPE_END = 20;
/** What a leader shares out, or works on by itself: see kernels/share.ts. */
export const TICKETS = 21;
export const SHARES_LEFT = 22;
export const SHARE_KIND = 23;
/** The tiles: of which strain, the first, how many, the state or tape block that they belong to. */
export const SHARE_STRAIN = 24;
export const SHARE_FIRST = 25;
export const SHARE_TILES = 26;
export const SHARE_STATE = 27;
export const SHARE_BLOCK = 28;
/** The perception of a span's tiles, which lie one after the other there. */
export const PERCEPTION = 29;
/** One word per strain: how many of its cells are active. */
export const COUNTS = 30;
/** More than there are, so that no two threads' words share a cache line. */
export const THREAD_WORDS = 48;

/**
 * Tiles whose live halves a mask of 64 bits tells, two a tile: 32 and no other number. The mask is read as four words of
 * 16 bits, each of MASK_TILES tiles and written by one thread.
 */
export const GROUP = 32;
export const MASK_TILES = 8;
/** Tiles that the backward pass takes through all layers at a time where threads share them, whole groups; else a group. */
export const SPAN = 64;

/** Kinds of shared work. */
export const SHARE_FORWARD = 0;
export const SHARE_CHAIN = 1;
export const SHARE_WEIGHTS = 2;

/** Words of a tape block: one CA step of one sample. */
export const BLOCK_ACTIVE = 0;
export const BLOCK_LIFE = 1;
/** The address of every tile, and where the first lies. */
export const BLOCK_TABLE = 2;
export const BLOCK_TILES = 3;
/** One word per strain, as in the thread. */
export const BLOCK_COUNTS = 4;
