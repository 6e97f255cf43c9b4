import type { HttpAdapter } from "../adapter/http-adapter.ts"
import { systemClock, type Clock } from "../clock.ts"
import { newCounters } from "../connection/counters.ts"
import type { AnyProvider } from "../di/provider.ts"
import { ToniError } from "../errors.ts"
import { discoverGateways } from "../gateway/discovery.ts"
import { Hub } from "../hub/hub.ts"
import { LocalHub } from "../hub/local-hub.ts"
import { assembleModules } from "../module/assembly.ts"
import type { ModuleReference } from "../module/module-definition.ts"
import { consoleLogger } from "./console-logger.ts"
import { errorReporter, type ErrorListener } from "./error-reports.ts"
import { idSource, randomPrefix } from "./ids.ts"
import type { Logger } from "./logger.ts"
import { ToniApplication } from "./toni-application.ts"

export interface CreateOptions {
  /** Where toni's log goes; pino fits as it is. Default: readable lines on the console. */
  readonly logger?: Logger | undefined
  /** Is told what hooks throw or reject with (rule G16a). Default: the logger. */
  readonly onError?: ErrorListener | undefined
  /** Where time comes from. Default: the machine. */
  readonly clock?: Clock | undefined
  /** The name of this process among others, the prefix of client ids. Default: 48 random bits. */
  readonly node?: string | undefined
}

/** What the testing kit may say beyond that. */
export interface ApplicationOptions extends CreateOptions {
  readonly overrides?: readonly AnyProvider[] | undefined
}

/** Makes applications. */
export const ToniFactory: {
  /**
   * Builds the providers of `rootModule` and everything it imports. Rejects with `TONI_STARTUP`, all problems together,
   * when anything is wrong (rule G2a); what was built by then is destroyed again.
   */
  create<Server>(
    rootModule: ModuleReference,
    httpAdapter: HttpAdapter<Server>,
    options?: CreateOptions,
  ): Promise<ToniApplication<Server>>
} = {
  create: (rootModule, httpAdapter, options) => createApplication(rootModule, httpAdapter, options),
}

export async function createApplication<Server>(
  rootModule: ModuleReference,
  httpAdapter: HttpAdapter<Server>,
  options: ApplicationOptions = {},
): Promise<ToniApplication<Server>> {
  const clock = options.clock ?? systemClock
  const logger = options.logger ?? consoleLogger(() => clock.date())
  const node = options.node ?? randomPrefix()
  const counters = newCounters()
  const local = new LocalHub()
  const builtIn = [{ provide: Hub, useValue: new Hub(local, node) }]
  const assembly = await assembleModules(rootModule, { builtIn, overrides: options.overrides ?? [] })
  const { gateways, problems: mistakes } = discoverGateways(assembly.providers)
  const problems = [...assembly.problems, ...mistakes]
  if (problems.length > 0) {
    await assembly.destroy()
    throw new ToniError(
      "TONI_STARTUP",
      problems.length === 1 ? "1 problem was found." : `${problems.length} problems were found.`,
      {
        problems,
      },
    )
  }
  const report = errorReporter(counters, logger, options.onError)
  const nextId = idSource(node)
  return new ToniApplication({ assembly, gateways, httpAdapter, local, logger, report, counters, clock, nextId })
}
