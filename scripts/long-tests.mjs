// The tests that take long: `npm test` runs them, `npm run ok` does not. Once as patterns for Vitest, once as a question.
export const longTests = ["e2e/{nodes,soak,threats,interop}/**/*.test.ts", "e2e/chat*.test.ts"]

/** Whether a path, from the project's root, is one of them. */
export function isLong(path) {
  return /^e2e\/(?:(?:nodes|soak|threats|interop)\/|chat[^/]*\.test\.ts$)/.test(path)
}
