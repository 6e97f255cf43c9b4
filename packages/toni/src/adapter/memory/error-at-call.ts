/**
 * Notes where a test calls something that may reject later, and answers how to make an error point there. Without it the
 * stack tells where the answer arrived, which is no line of the test.
 */
export function errorAtCall(): <Failure extends Error>(failure: Failure) => Failure {
  const call = new Error()
  return (failure) => {
    // Read here alone: to write a stack out takes long, and most calls do not fail.
    const [, ...frames] = (call.stack ?? "").split("\n")
    // Without frames there is nothing better to show.
    if (frames.length > 0) failure.stack = [`${failure.name}: ${failure.message}`, ...frames].join("\n")
    return failure
  }
}
