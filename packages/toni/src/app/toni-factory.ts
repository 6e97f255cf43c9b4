import type { HttpAdapter } from "../adapter/http-adapter.ts"
import { stallProof, systemClock, type Clock } from "../clock.ts"
import { newCounters } from "../connection/counters.ts"
import type { AnyProvider } from "../di/provider.ts"
import { startupError } from "../errors.ts"
import { discoverGateways } from "../gateway/discovery.ts"
import { Hub } from "../hub/hub.ts"
import { LocalHub } from "../hub/local-hub.ts"
import { assembleModules, type ModuleAssembly } from "../module/assembly.ts"
import type { Patience } from "../module/lifecycle.ts"
import type { ModuleReference } from "../module/module-definition.ts"
import { checkHttpAdapter } from "./adapter-checks.ts"
import { applicationLogger, isLogLevel } from "./application-logger.ts"
import { checkedOptions, hasMethods } from "../checked-options.ts"
import { errorReporter, type ErrorListener } from "./error-reports.ts"
import { idSource, randomPrefix } from "./ids.ts"
import { logLevels, type Logger, type LogLevel } from "./logger.ts"
import { slowStarts } from "./slow-starts.ts"
import { ToniApplication } from "./toni-application.ts"

export interface CreateOptions {
  /** Where toni's log goes; pino fits as it is, and so does `console`. Default: readable lines on the console. */
  readonly logger?: Logger | undefined
  /**
   * The least serious lines that are logged; `"silent"`: none. Default: what the environment variable `TONI_LOG` says,
   * else `"info"`; for a logger of your own `"debug"`, since it has a level of its own.
   */
  readonly logLevel?: LogLevel | undefined
  /** Is told what hooks throw or reject with (rule G16a). Default: the logger. */
  readonly onError?: ErrorListener | undefined
  /** Where time comes from. Default: the machine. */
  readonly clock?: Clock | undefined
  /** The name of this process among others, as `hub.followers` answers it. Default: 48 random bits. */
  readonly node?: string | undefined
}

/** What `onModuleDestroy` hooks get when the application cannot start, in milliseconds. */
const destroyTimeout = 10_000

/** Makes applications. */
export const ToniFactory: {
  /**
   * Builds the providers of `rootModule` and everything it imports. Rejects with `TONI_STARTUP`, all problems together,
   * when anything is wrong (rule G2a); what was built by then is destroyed again. Rejects with `TONI_BAD_ARGUMENT` for
   * what is no HTTP adapter, with `TONI_BAD_OPTION` for a bad or unknown option.
   */
  create<Server>(
    rootModule: ModuleReference,
    httpAdapter: HttpAdapter<Server>,
    options?: CreateOptions,
  ): Promise<ToniApplication<Server>>
} = {
  create: (rootModule, httpAdapter, options) => createApplication(rootModule, httpAdapter, options),
}

/** `overrides` are the testing kit's: they stand in for providers. */
export async function createApplication<Server>(
  rootModule: ModuleReference,
  httpAdapter: HttpAdapter<Server>,
  given: CreateOptions | undefined,
  overrides: readonly AnyProvider[] = [],
): Promise<ToniApplication<Server>> {
  checkHttpAdapter(httpAdapter)
  const options = checkedOptions<CreateOptions>("ToniFactory.create()", given, optionChecks)
  const { logLevel } = options
  const clock = stallProof(options.clock ?? systemClock)
  const logger = applicationLogger({ logger: options.logger, logLevel, date: () => clock.date() })
  const incarnation = randomPrefix()
  const counters = newCounters()
  const report = errorReporter(counters, logger, options.onError)
  const local = new LocalHub({
    clock,
    unheard: (error, { id, gateway }) => report(error, { phase: "subscribe", gateway, clientId: id }),
  })
  const builtIn = [{ provide: Hub, useValue: new Hub(local, options.node ?? incarnation) }]
  const watch = slowStarts(clock, logger)
  const assembly = await assembleModules(rootModule, { builtIn, overrides, watch })
  const gateways = await findGateways(assembly, {
    clock,
    timeout: destroyTimeout,
    late: ({ module, name, error }) => report(error, { phase: "shutdown", gateway: `${module}.${name}` }),
  })
  const nextId = idSource(incarnation)
  return new ToniApplication({ assembly, gateways, httpAdapter, local, logger, report, counters, clock, nextId })
}

/** Rejects with `TONI_STARTUP` when anything is wrong with the modules or the gateways; what was built is destroyed. */
async function findGateways(
  assembly: ModuleAssembly,
  patience: Patience,
): Promise<ReturnType<typeof discoverGateways>["gateways"]> {
  const { gateways, problems: mistakes } = discoverGateways(assembly.providers)
  const problems = [...assembly.problems, ...mistakes]
  if (problems.length === 0) return gateways
  await assembly.destroy(patience)
  throw startupError(problems)
}

const optionChecks: Parameters<typeof checkedOptions<CreateOptions>>[2] = {
  logger: (value) => {
    const lacks = ["debug", "info", "warn", "error"].filter((name) => !hasMethods(value, [name]))
    if (lacks.length === 0) return undefined
    const form = "takes an object with the methods debug, info, warn and error, as pino and console have them"
    if (value === false || value === null) return `${form} (logLevel: "silent" logs nothing)`
    return lacks.length < 4 ? `${form}: it has no ${lacks.join(", ")}` : form
  },
  logLevel: (value) => (isLogLevel(value) ? undefined : `takes one of ${logLevels.join(", ")}`),
  onError: (value) => (typeof value === "function" ? undefined : "takes a function"),
  clock: (value) =>
    hasMethods(value, ["now", "date", "after"]) ? undefined : "takes an object with the methods now, date and after",
  node: (value) => (typeof value === "string" && value !== "" ? undefined : "takes a string that is not empty"),
}
