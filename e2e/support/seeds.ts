/** Choices that look random and are the same ones for the same seed. */
export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True in so many of 1 cases. */
  chance(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** The same items in another order. */
  shuffle<Item>(items: readonly Item[]): Item[]
  bytes(length: number): Buffer
}

/** Plays one seed. Rejects when what it saw is wrong. */
export type Play = (random: Random, seed: number) => Promise<void>

export interface SeedPlan {
  /** What is played, for messages. */
  readonly name: string
  /** How many seeds a run of the tests plays: 1, 2, 3 and so on. `TONI_SEEDS` says another number. */
  readonly count: number
  /** Seeds that failed once: they are played always, and first. */
  readonly always?: readonly number[]
}

const oneSeed = numberFrom("TONI_SEED")
const otherCount = numberFrom("TONI_SEEDS")
const seconds = numberFrom("TONI_FUZZ_SECONDS")

/** How long one seed may take, in milliseconds. */
const longestPlay = 20_000

/** The time-out for a test that plays seeds, in milliseconds: the time to play, and a minute for a slow machine. */
export const fuzzTimeout: number = ((seconds ?? 0) + 60) * 1000

/**
 * Plays seeds one after another, and rejects at the first that fails, with an error that names it. Answers how many were
 * played. Which ones:
 *
 * - with `TONI_SEED=7` this one alone;
 * - with `TONI_FUZZ_SECONDS=60` those that once failed, then new ones for that long (`npm run soak`);
 * - otherwise those that once failed, then `count` others, the same ones in every run.
 */
export async function playSeeds(plan: SeedPlan, play: Play): Promise<number> {
  let played = 0
  let first: number | undefined
  let last: number | undefined
  for (const seed of seedsOf(plan)) {
    first ??= seed
    last = seed
    try {
      await inTime(play(randomFrom(seed), seed))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`${plan.name}: seed ${seed} failed. TONI_SEED=${seed} plays it again. ${why}`, { cause })
    }
    played++
  }
  if (seconds !== undefined) console.log(`${plan.name}: ${played} seeds, from ${first} to ${last}`)
  return played
}

/** A seed that hangs must be named too, before Vitest gives the whole test up. */
async function inTime(playing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It still runs after ${longestPlay / 1000} s.`)), longestPlay)
  })
  await Promise.race([playing, late]).finally(() => clearTimeout(timer))
}

function* seedsOf({ count, always = [] }: SeedPlan): Generator<number> {
  if (oneSeed !== undefined) return yield oneSeed
  yield* always
  const end = performance.now() + (seconds ?? 0) * 1000
  const start = seconds === undefined ? 1 : Math.floor(Math.random() * 2 ** 31)
  for (let index = 0; seconds === undefined ? index < (otherCount ?? count) : performance.now() < end; index++) {
    yield start + index
  }
}

/** A choice of numbers by a xorshift generator of 32 bits. */
function randomFrom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>>= 0)
  }
  // The first numbers of neighbouring seeds are much alike.
  for (let times = 0; times < 8; times++) next()
  const below = (limit: number): number => next() % limit
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (share) => next() < share * 2 ** 32,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
    shuffle: (items) => {
      const left = [...items]
      return items.map(() => left.splice(below(left.length), 1)[0] as (typeof items)[number])
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

function numberFrom(variable: string): number | undefined {
  const text = process.env[variable] ?? ""
  if (text === "") return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) throw new Error(`${variable} is a whole number, not "${text}"`)
  return number
}
