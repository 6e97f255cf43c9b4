import { defineModule, Token } from "toni"

// #region global
export const Version = new Token<string>("Version")

export const ConfigModule = defineModule({
  name: "ConfigModule",
  global: true,
  providers: [{ provide: Version, useValue: "2026.11" }],
  exports: [Version],
})
// #endregion
