/**
 * Notes where a test calls something that may reject later, and answers how to make an error point there. Without it the
 * stack tells where the answer arrived, which is no line of the test.
 */
export function errorAtCall(): <Failure extends Error>(failure: Failure) => Failure {
  const [, ...frames] = (new Error().stack ?? "").split("\n")
  return (failure) => {
    // Without frames there is nothing better to show.
    if (frames.length > 0) failure.stack = [`${failure.name}: ${failure.message}`, ...frames].join("\n")
    return failure
  }
}
