import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

export interface Nginx extends AsyncDisposable {
  /** The port whose requests go on as the `Host` that nginx knows us by, with `X-Forwarded-*`. */
  readonly port: number
  /** The port whose requests go on with the `Host` of the client, and no other header. */
  readonly plainPort: number
}

/** An nginx of its own in front of `upstream`, as its documentation has it for WebSockets; needs no privileges. */
export async function startNginx(program: string, upstream: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "toni-nginx-"))
  const [port, plainPort] = await freePorts()
  await writeFile(join(folder, "nginx.conf"), configuration(upstream, port, plainPort))
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf", "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  const exited = once(child, "exit")
  const lines: string[] = []
  const listening = new Promise<void>((resolve) =>
    createInterface(child.stderr).on("line", (line) => {
      lines.push(line)
      // Said once the ports are bound.
      if (line.includes("event method")) resolve()
    }),
  )
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM")
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  await Promise.race([
    listening,
    exited.then(async () => {
      await stop()
      throw new Error(`nginx ended:\n${lines.join("\n")}`)
    }),
  ])
  return { port, plainPort, [Symbol.asyncDispose]: stop }
}

function configuration(upstream: number, port: number, plainPort: number): string {
  const upgrade = `
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;`
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`)
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${paths.join(" ")}
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${port};
    location / {${upgrade}
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $http_host;
    }
  }
  server {
    listen 127.0.0.1:${plainPort};
    location / {${upgrade}
      proxy_set_header Host $http_host;
    }
  }
}
`
}

/** Two ports that are free now; nginx cannot choose its own. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const
  const [one, other] = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      return (server.address() as AddressInfo).port
    }),
  )
  await Promise.all(servers.map((server) => once(server.close(), "close")))
  return [one as number, other as number]
}
