// Imported first by every script: says in one line when this Node is too old, before anything else can fail.
// Written in old JavaScript so that an old Node can read it.
const wanted = [20, 19]
const [major, minor] = process.versions.node.split(".").map(Number)

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(`toni needs Node ${wanted.join(".")} or newer; this is Node ${process.versions.node}.`)
  process.exit(1)
}
