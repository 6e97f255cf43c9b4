// What everybody imports: the vocabulary of a gateway author, and the application.

// Gateways
export type { Gateway } from "./gateway/gateway.ts"
export type { EffectiveOptions, GatewayOptions, Limit } from "./gateway/gateway-options.ts"
export type { ConnectionOptions, RateLimit } from "./connection/connection-options.ts"
export type { OriginPolicy } from "./gateway/origin.ts"
export type { TrustProxy } from "./gateway/proxy.ts"
export { WsHandshake } from "./gateway/ws-handshake.ts"
export type { HandshakeAnswer } from "./gateway/ws-handshake.ts"
export type { AcceptOptions, AnswerHeaders, HandshakeDecision } from "./gateway/handshake-record.ts"
export type { HeaderView } from "./gateway/header-view.ts"

// Clients and messages
export type { PathParams, SendOptions, WsClient } from "./connection/ws-client.ts"
export { WsMessage } from "./message/ws-message.ts"
export type { MessageKind, Sendable } from "./message/ws-message.ts"
export { CloseCode } from "./message/close-code.ts"
export type { DisconnectReason } from "./message/disconnect-reason.ts"

// Topics
export { Hub } from "./hub/hub.ts"
export type { Follower } from "./hub/hub.ts"
export type { Audience, PublishOptions } from "./hub/arguments.ts"

// Modules and injection
export { defineModule } from "./module/module-definition.ts"
export type {
  ModuleDefinition,
  ModuleExport,
  ModuleImports,
  ModuleOptions,
  ModuleReference,
  NamedModuleOptions,
} from "./module/module-definition.ts"
export type { DestroyFailure, OnModuleDestroy, OnModuleInit } from "./module/lifecycle.ts"
export { inject } from "./di/inject.ts"
export type { InjectOptions } from "./di/inject.ts"
export { Token } from "./di/token.ts"
export type { AbstractClass, AnyToken, Class, InjectionToken } from "./di/injection-token.ts"
export type {
  AnyProvider,
  ClassProvider,
  ExistingProvider,
  FactoryProvider,
  Provider,
  ValueProvider,
} from "./di/provider.ts"

// The application
export { ToniFactory } from "./app/toni-factory.ts"
export type { CreateOptions } from "./app/toni-factory.ts"
export { ToniApplication } from "./app/toni-application.ts"
export type { GatewayInfo } from "./app/toni-application.ts"
export type { CloseOptions, CloseReport } from "./app/close-options.ts"
export type { SignalBinding, SignalOptions } from "./app/signals.ts"
export type { ErrorContext, ErrorListener } from "./app/error-reports.ts"
export type { ErrorPhase } from "./connection/error-phase.ts"
export type { LogFields, Logger, LogLevel } from "./app/logger.ts"
export type { Metrics } from "./app/metrics.ts"
export type { Clock, Timer } from "./clock.ts"

// Errors
export { ToniError } from "./errors.ts"
export type { StartupProblem, StartupProblemKind, ToniErrorCode, ToniErrorOptions } from "./errors.ts"

// Ports, for who writes an adapter
export type { HttpAdapter, ListenAddress, ListenSettings, ListenTarget, PlainAnswer } from "./adapter/http-adapter.ts"
export type {
  AcceptTerms,
  AdapterSocket,
  Compression,
  PendingUpgrade,
  Refusal,
  SocketEnd,
  SocketEvents,
  SocketLimits,
  UpgradeDoor,
  UpgradeRequest,
  Violation,
  WebSocketAdapter,
  WebSocketSupport,
} from "./adapter/websocket-adapter.ts"
